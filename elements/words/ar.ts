import type { ReasonCode } from "@chorus/protocol/entries.ts";
import type { EnglishWords } from "./en.ts";
import type { Format } from "./format.ts";

/** Modern Standard Arabic. Buttons are verbal nouns and requests begin with يُرجى, so that nobody is addressed as a man. */
export function arabicWords(format: Format): EnglishWords {
  const { compact, duration, plural, name } = format;
  return {
    chat: "الدردشة",
    openSettings: "إعدادات الدردشة",
    notLoaded: "تعذّر التحميل. يُرجى المحاولة بعد قليل.",
    undo: "تراجع",
    undone: "تم التراجع.",
    connection: {
      connecting: "جارٍ الاتصال…",
      reconnecting: "انقطع الاتصال. جارٍ إعادة المحاولة…",
      reconnectingIn: (seconds) => `انقطع الاتصال. ستُعاد المحاولة بعد ${duration(seconds)}.`,
      offline: "لا يوجد اتصال بالشبكة. سيُرسل ما تكتبه عند عودة الاتصال.",
      closed: "لقد غادرت الدردشة.",
      tokenOver: "انتهت صلاحية تسجيل الدخول. يُرجى فتح هذه الصفحة من جديد.",
      version: "هذه الصفحة أقدم من الخادم. يُرجى إعادة تحميلها للمتابعة.",
      unauthorised: "لا يتعرّف الخادم عليك. يُرجى تسجيل الدخول من جديد.",
      forbiddenOrigin: "لا يُسمح بعرض هذه الدردشة في هذا الموقع.",
      ended: "أنهى الخادم الاتصال. يُرجى إعادة تحميل الصفحة للمحاولة من جديد.",
    },
    room: {
      joining: "جارٍ الدخول إلى الدردشة…",
      "catching-up": "جارٍ جلب ما فاتك…",
      live: "مباشر",
      paused: "الإرسال متوقف مؤقتًا. يُحفظ ما تكتبه ويُرسل في أقرب وقت.",
      left: "لقد غادرت الدردشة.",
      refused: "لا يمكنك دخول هذه الدردشة.",
    },
    roomRefused: {
      banned: "حظرك أحد المشرفين من هذه الدردشة.",
      "no-such-room": "لا توجد دردشة هنا.",
      forbidden: "هذه الدردشة غير متاحة لك. يُرجى تسجيل الدخول أو طلب دعوة من المضيف.",
      "too-many-rooms": "عدد الدردشات المفتوحة كبير. يُرجى إغلاق إحداها ثم العودة.",
      archived: "أُغلقت هذه الدردشة نهائيًا.",
      malformed: "لا يمكن فتح هذه الدردشة. يُرجى إعادة تحميل الصفحة للمحاولة من جديد.",
      "connection-refused": "لا يسمح الخادم بدخولك حاليًا. يُرجى المحاولة لاحقًا.",
    },
    phase: {
      scheduled: "تُفتح الدردشة عند بدء البث.",
      live: "مباشر",
      ended: "انتهى البث. لا يزال بإمكانك قراءة الدردشة.",
      archived: "أُغلقت هذه الدردشة نهائيًا.",
    },
    mode: {
      open: "يمكن للجميع الكتابة.",
      moderated: "يقرأ أحد المشرفين كل رسالة أولًا.",
      "read-only": "الكتابة لفريق الإشراف فقط حاليًا.",
    },
    busy: "الدردشة مزدحمة جدًا: تُعرض لك مجموعة مختارة من الرسائل.",
    remedy: {
      retry: "المحاولة الآن",
      reload: "إعادة التحميل",
      enter: "الدخول من جديد",
    },
    roles: {
      host: "المضيف",
      moderator: "مشرف",
      participant: "على المنصة",
      viewer: "مشاهد",
      guest: "ضيف",
    },
    viewers: (count) =>
      plural(
        count,
        {
          zero: "لا أحد يشاهد",
          one: "مشاهد واحد",
          two: "مشاهدان",
          few: "# مشاهدين",
          many: "# مشاهدًا",
          other: "# مشاهد",
        },
        compact(count),
      ),
    composer: {
      label: "رسالتك",
      placeholder: "شارك برأيك",
      placeholderAs: (person) => `شارك برأيك باسم ${name(person)}`,
      send: "إرسال",
      hint: "مفتاح Enter للإرسال، وShift + Enter لسطر جديد، و/ لعرض الأوامر.",
      emoji: "الرموز التعبيرية",
      slow: (seconds) => `الوضع البطيء: رسالة واحدة كل ${duration(seconds)}.`,
      wait: (seconds) => `يمكنك الكتابة من جديد بعد ${duration(seconds)}.`,
      left: (chars) =>
        plural(chars, {
          zero: "لم يبقَ أي حرف",
          one: "بقي حرف واحد",
          two: "بقي حرفان",
          few: "بقيت # أحرف",
          many: "بقي # حرفًا",
          other: "بقي # حرف",
        }),
      over: (chars) =>
        plural(chars, {
          zero: "لا أحرف زائدة",
          one: "حرف واحد زائد",
          two: "حرفان زائدان",
          few: "# أحرف زائدة",
          many: "# حرفًا زائدًا",
          other: "# حرف زائد",
        }),
      replyingTo: (person) => `الرد على ${name(person)}`,
      cancelReply: "إلغاء الرد",
      editing: "تعديل رسالتك",
      cancelEdit: "إبقاؤها كما كانت",
      save: "حفظ",
      sendAsText: "إرساله كرسالة",
      readOnly: "يمكنك القراءة هنا، لا الكتابة.",
      suggestions: "اقتراحات",
      suggestionsFound: (count) =>
        plural(count, {
          zero: "لا اقتراحات",
          one: "اقتراح واحد",
          two: "اقتراحان",
          few: "# اقتراحات",
          many: "# اقتراحًا",
          other: "# اقتراح",
        }),
    },
    sending: {
      pending: "جارٍ الإرسال…",
      waiting: "بانتظار الاتصال…",
      held: "يقرؤها أحد المشرفين أولًا، ولا يراها غيرك حتى ذلك الحين.",
      refused: (sentence) => `لم تُرسل. ${sentence}`,
      tryAgain: "المحاولة من جديد",
      change: "تعديلها",
      dismiss: "تجاهل",
    },

    list: {
      label: "الرسائل",
      empty: "لم يقل أحد شيئًا بعد. البداية لك!",
      nothing: "لم يكتب أحد شيئًا بعد.",
      newMessages: (count) =>
        plural(count, {
          zero: "لا رسائل جديدة",
          one: "رسالة جديدة واحدة",
          two: "رسالتان جديدتان",
          few: "# رسائل جديدة",
          many: "# رسالة جديدة",
          other: "# رسالة جديدة",
        }),
      mentions: (count) =>
        plural(count, {
          zero: "لم يُذكر اسمك",
          one: "ذُكر اسمك مرة واحدة",
          two: "ذُكر اسمك مرتين",
          few: "ذُكر اسمك # مرات",
          many: "ذُكر اسمك # مرة",
          other: "ذُكر اسمك # مرة",
        }),
      frozen: "تبقى القائمة ثابتة ما دام المفتاح مضغوطًا.",
      held: "تبقى القائمة ثابتة ما دام المؤشر على رسالة.",
      pause: "إيقاف مؤقت",
      resume: "استئناف",
      toLatest: "إلى أحدث الرسائل",
      earlier: "الرسائل الأقدم",
      loadingOlder: "جارٍ تحميل الرسائل الأقدم…",
      olderFailed: "تعذّر تحميل الرسائل الأقدم.",
      beginning: "هنا تبدأ الدردشة.",
      missing: (count) =>
        plural(count, {
          zero: "لا رسائل مفقودة هنا.",
          one: "قد تكون رسالة مفقودة هنا.",
          two: "قد تكون رسالتان مفقودتين هنا.",
          few: "ما يصل إلى # رسائل مفقودة هنا.",
          many: "ما يصل إلى # رسالة مفقودة هنا.",
          other: "ما يصل إلى # رسالة مفقودة هنا.",
        }),
      fresh: "لقد غبت مدة. تتابع الدردشة من هنا.",
    },
    message: {
      you: "أنت",
      edited: "معدّلة",
      editedAt: (time) => `عُدّلت ${time}`,
      mentionsYou: "ذُكر اسمك",
      shadow: "لا يراها إلا كاتبها",
      inReplyTo: (person) => `ردًا على ${name(person)}`,
      quoteGone: "رسالة لم تعد موجودة",
      toQuoted: "الانتقال إلى الرسالة",
      newTab: "يُفتح في علامة تبويب جديدة",
      takenBack: "سحبها كاتبها.",
      removed: (why) => `أزالها أحد المشرفين${because(why)}.`,
    },

    notice({ what, until, why }) {
      const end = until === null ? "" : ` حتى ${until}`;
      switch (what) {
        case "muted":
          return `كتمك أحد المشرفين هنا${end}${because(why)}.`;
        case "banned":
          return `حظرك أحد المشرفين من هذه الدردشة${end}${because(why)}.`;
        case "lifted":
          return "رفع أحد المشرفين القيد عنك. يمكنك الكتابة من جديد.";
        case "approved":
          return "قُبلت رسالتك.";
        case "rejected":
          return `لم يقبل أحد المشرفين رسالتك${because(why)}.`;
      }
    },
    pins: {
      title: "مثبّتة",
    },
    reactions: {
      bar: "التفاعلات",
      react: (emoji, count) => (count === "" ? `التفاعل بالرمز ${emoji}` : `${emoji} ${count}`),
      closed: "لا يمكنك التفاعل حاليًا.",
    },
    guest: {
      label: "اسمك هنا",
      join: "استخدام هذا الاسم",
      stay: (given) => `البقاء باسم ${name(given)}`,
    },
  };
}

export const reasons: Record<ReasonCode, string> = {
  spam: "رسائل مزعجة",
  harassment: "مضايقة",
  hate: "كراهية",
  sexual: "محتوى جنسي",
  violence: "عنف",
  "self-harm": "إيذاء النفس",
  "personal-data": "بيانات شخصية",
  spoiler: "حرق للأحداث",
  "off-topic": "خارج الموضوع",
  other: "سبب آخر",
};

export function because(why: ReasonCode | null): string {
  return why === null || why === "other" ? "" : ` (${reasons[why]})`;
}
