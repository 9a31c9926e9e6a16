import type { EnglishPage } from "./en-page.ts";
import type { Format } from "./format.ts";

export function arabicPage({ name, plural }: Pick<Format, "name" | "plural">): EnglishPage {
  return {
    video: "الفيديو",
    chat: "الدردشة",
    view: "العرض",
    phase: {
      connecting: "جارٍ الاتصال…",
      scheduled: "لم يبدأ بعد",
      live: "مباشر",
      ended: "انتهى",
      archived: "مغلقة",
      none: "لا توجد غرفة كهذه",
      refused: "ليست متاحة لك",
    },
    poster: {
      connecting: "",
      scheduled: "تظهر الصورة عند بدء البث.",
      live: "لا توجد صورة هنا بعد.",
      ended: "انتهى البث، ولا تزال قراءة الدردشة ممكنة.",
      archived: "أُغلقت هذه الغرفة نهائيًا.",
      none: "تحقّق من العنوان أو اسأل من أعطاك إياه.",
      refused: "",
    },
    viewersExactly: (count) =>
      plural(count, {
        zero: "لا مشاهدين",
        one: "مشاهد واحد",
        two: "مشاهدان",
        few: "# مشاهدين",
        many: "# مشاهدًا",
        other: "# مشاهد",
      }),
    share: "مشاركة",
    linkCopied: "نُسخ الرابط.",
    linkIs: (url) => `الرابط هو ${name(url)}`,
    theater: "وضع المسرح",
    leaveTheater: "مغادرة وضع المسرح",
    showChat: "إظهار الدردشة",
    hideChat: "إخفاء الدردشة",
    chatOnly: "الدردشة فقط",
    showVideo: "إظهار الفيديو",
    notLoaded: "تعذّر تحميل الدردشة. أعد تحميل الصفحة للمحاولة مرة أخرى.",
  };
}
