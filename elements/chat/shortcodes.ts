/**
 * The emoji that people type by name, the most used first: each stands behind its names, of which the first is the one to
 * show. They are what the chat knows without loading the whole set, and must stay small.
 */
const table =
  "joy😂heart❤️rofl🤣thumbsup,+1👍sob😭pray🙏heart_eyes😍smiling_face_with_three_hearts🥰fire🔥blush😊clap👏tada,party🎉" +
  "smile😄sparkles✨two_hearts💕kissing_heart😘thinking🤔eyes👀100💯grin😁wink😉sunglasses😎sweat_smile😅skull💀" +
  "laughing,satisfied😆smiley😃grinning😀slightly_smiling_face,slight_smile🙂upside_down_face,upside_down🙃relaxed☺️" +
  "innocent😇star_struck🤩yum😋stuck_out_tongue😛stuck_out_tongue_winking_eye😜zany_face,zany🤪partying_face🥳hugs,hug🤗" +
  "hand_over_mouth🤭shushing_face,shush🤫raised_eyebrow🤨neutral_face😐expressionless😑no_mouth😶smirk😏unamused😒" +
  "roll_eyes🙄grimacing😬lying_face🤥relieved😌pensive😔sleepy😪drooling_face🤤sleeping😴mask😷nauseated_face🤢" +
  "vomiting_face🤮sneezing_face🤧hot_face,hot🥵cold_face,cold🥶woozy_face🥴dizzy_face😵exploding_head,mind_blown🤯" +
  "cowboy_hat_face,cowboy🤠disguised_face🥸nerd_face,nerd🤓monocle_face,monocle🧐confused😕worried😟" +
  "slightly_frowning_face,slight_frown🙁open_mouth😮hushed😯astonished😲flushed😳pleading_face,pleading🥺" +
  "face_holding_back_tears🥹frowning😦anguished😧fearful😨cold_sweat😰disappointed_relieved😥cry😢scream😱confounded😖" +
  "persevere😣disappointed😞sweat😓weary😩tired_face😫yawning_face,yawn🥱triumph😤rage,pout😡angry😠cursing_face🤬" +
  "smiling_imp😈melting_face,melt🫠saluting_face,salute🫡dotted_line_face🫥face_with_peeking_eye,peek🫣shaking_face🫨" +
  "poop,hankey💩clown_face,clown🤡ghost👻alien👽robot🤖see_no_evil🙈hear_no_evil🙉speak_no_evil🙊" +
  "orange_heart🧡yellow_heart💛green_heart💚blue_heart💙purple_heart💜black_heart🖤white_heart🤍brown_heart🤎" +
  "broken_heart💔heart_hands🫶sparkling_heart💖heartpulse💗heartbeat💓revolving_hearts💞cupid💘" +
  "boom💥anger💢dash💨zzz💤speech_balloon💬wave👋raised_hand✋vulcan_salute🖖ok_hand👌pinched_fingers🤌pinching_hand🤏v✌️" +
  "crossed_fingers🤞metal🤘call_me_hand🤙point_left👈point_right👉point_up_2👆point_down👇thumbsdown,-1👎fist✊" +
  "facepunch,punch👊raised_hands🙌open_hands👐palms_up_together🤲handshake🤝muscle💪writing_hand✍️selfie🤳brain🧠" +
  "shrug🤷facepalm🤦raising_hand🙋no_good🙅ok_person🙆bow🙇dancer💃man_dancing🕺running🏃family👪baby👶" +
  "dog🐶cat🐱fox_face,fox🦊bear🐻panda_face,panda🐼lion🦁tiger🐯cow🐮pig🐷frog🐸monkey_face🐵chicken🐔penguin🐧owl🦉" +
  "unicorn🦄bee🐝butterfly🦋turtle🐢snake🐍octopus🐙whale🐳dolphin🐬shark🦈goat🐐" +
  "rose🌹sunflower🌻cherry_blossom🌸tulip🌷four_leaf_clover🍀palm_tree🌴cactus🌵" +
  "apple🍎banana🍌watermelon🍉strawberry🍓peach🍑lemon🍋avocado🥑eggplant🍆hot_pepper🌶️pizza🍕hamburger,burger🍔fries🍟" +
  "taco🌮popcorn🍿cookie🍪cake🍰birthday🎂doughnut🍩chocolate_bar🍫icecream🍦coffee☕tea🍵beer🍺beers🍻wine_glass,wine🍷" +
  "cocktail🍸champagne🍾clinking_glasses,cheers🥂" +
  "sunny☀️cloud☁️rainbow🌈zap⚡snowflake❄️snowman⛄ocean🌊droplet💧moon🌔full_moon_with_face🌝star⭐star2🌟earth_africa🌍" +
  "rocket🚀airplane✈️car🚗bike🚲house🏠soccer⚽basketball🏀football🏈tennis🎾trophy🏆1st_place_medal,first🥇" +
  "video_game🎮game_die,dice🎲dart🎯guitar🎸microphone🎤headphones🎧musical_note🎵notes🎶art🎨clapper🎬tv📺camera📷" +
  "movie_camera🎥computer💻iphone📱bulb💡money_with_wings💸moneybag💰gem💎crown👑gift🎁balloon🎈confetti_ball🎊bell🔔" +
  "lock🔒key🔑hammer🔨bomb💣pill💊book📖memo📝pushpin📌calendar📆hourglass⌛alarm_clock⏰mag🔍link🔗loudspeaker📢" +
  "warning⚠️white_check_mark,check✅x❌heavy_check_mark✔️question❓exclamation❗bangbang‼️red_circle🔴green_circle🟢" +
  "arrow_up⬆️arrow_down⬇️arrow_left⬅️arrow_right➡️recycle♻️infinity♾️checkered_flag🏁white_flag🏳️rainbow_flag🏳️‍🌈pirate_flag🏴‍☠️";

/** An emoji and what it is found by. `words` has what stands in no name, with blanks between. */
export type Emoji = { readonly emoji: string; readonly names: readonly string[]; readonly words: string };

const entry = /([a-z0-9_+,-]+)([^a-z0-9_+,-]+)/g;

let parsed: readonly Emoji[] | null = null;
let byName: ReadonlyMap<string, string> | null = null;

/** The emoji of the table, the most used first. Read when it is first asked for. */
export function commonEmoji(): readonly Emoji[] {
  parsed ??= Array.from(table.matchAll(entry), ([, names = "", emoji = ""]) => ({
    emoji,
    names: names.split(","),
    words: "",
  }));
  return parsed;
}

/** The emoji that `:name:` stands for, whichever case it is written in; null where the table has none. */
export function emojiOf(name: string): string | null {
  byName ??= new Map(commonEmoji().flatMap(({ emoji, names }) => names.map((one) => [one, emoji] as const)));
  return byName.get(name.toLowerCase()) ?? null;
}
