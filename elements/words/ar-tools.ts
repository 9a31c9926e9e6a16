import type { ReasonCode } from "@chorus/protocol/entries.ts";
import { because, reasons } from "./ar.ts";
import type { Taken } from "../chat/composer-commands.ts";
import type { EnglishTools } from "./en-tools.ts";
import type { Format } from "./format.ts";

/** What is typed for a mode or a duration is the same in every language. */
const takes: Record<Taken, string> = {
  person: "@الاسم",
  "duration?": "[10m]",
  "why?": "[السبب]",
  "seconds-or-off": "الثواني أو off",
  mode: "open أو moderated أو read-only",
};

export function arabicTools({ number, duration, list, plural, name }: Format): EnglishTools {
  const quoted = (text: string | null) => (text === null || text === "" ? "" : ` «${name(text)}»`);

  return {
    actions: {
      actionsFor: (person) => `إجراءات لرسالة ${name(person)}`,
      ownActions: "إجراءات لرسالتك",
      more: "المزيد",
      reply: "رد",
      copy: "نسخ النص",
      copied: "نُسخ.",
      notCopied: "تعذّر نسخ النص.",
      edit: "تعديل",
      takeBack: "سحب",
      tookBack: "سُحبت الرسالة.",
      ignore: (person) => `تجاهل ${name(person)}`,
      stopIgnoring: (person) => `إلغاء تجاهل ${name(person)}`,
      nowIgnored: (person) => `لن ترى بعد الآن ما يكتبه ${name(person)}.`,
      noLongerIgnored: (person) => `سترى من جديد ما يكتبه ${name(person)}.`,
    },
    moderation: {
      delete: "حذف",
      restore: "استعادة",
      approve: "قبول",
      reject: "رفض",
      pin: "تثبيت",
      unpin: "إلغاء التثبيت",
      slowOff: "الوضع البطيء متوقف.",
      timeout: "كتم مؤقت",
      timeoutFor: (seconds) => `كتم لمدة ${duration(seconds)}`,
      mute: "كتم",
      ban: "حظر",
      shadow: "إخفاء عن الآخرين",
      lift: {
        mute: "إلغاء الكتم",
        timeout: "إنهاء الكتم المؤقت",
        ban: "إلغاء الحظر",
        shadow: "إظهار للجميع من جديد",
      },
      untilLifted: "حتى إشعار آخر",
      purge: "حذف الرسائل السابقة أيضًا",
      reason: "السبب",
      reasons,
      ownWords: "ملاحظة لبقية الفريق",
      confirmBan: (person) => `هل تريد حظر ${name(person)} من هذه الدردشة؟`,
      confirm: "تأكيد",
      cancel: "إلغاء",
      deleted: (count) =>
        plural(count, {
          zero: "لم تُحذف أي رسالة.",
          one: "حُذفت الرسالة.",
          two: "حُذفت رسالتان.",
          few: "حُذفت # رسائل.",
          many: "حُذفت # رسالة.",
          other: "حُذفت # رسالة.",
        }),
      restored: "استُعيدت الرسالة.",
      approved: "قُبلت الرسالة.",
      rejected: "رُفضت الرسالة.",
      pinned: "ثُبّتت الرسالة.",
      unpinned: "أُلغي تثبيت الرسالة.",
      timedOut: (person, seconds) => `تم كتم ${name(person)} لمدة ${duration(seconds)}.`,
      banned: (person) => `تم حظر ${name(person)} من هذه الدردشة.`,
      lifted: (person) => `تم رفع القيد عن ${name(person)}.`,
      reasonIs: (why: ReasonCode) => `السبب: ${reasons[why]}`,
      waiting: (count) =>
        plural(count, {
          zero: "لا رسائل تنتظر القرار",
          one: "رسالة واحدة تنتظر القرار",
          two: "رسالتان تنتظران القرار",
          few: "# رسائل تنتظر القرار",
          many: "# رسالة تنتظر القرار",
          other: "# رسالة تنتظر القرار",
        }),
      freezeHint: (key) => `لتثبيت القائمة: الضغط المستمر على ${key}.`,
    },
    card: {
      title: (person) => `نبذة عن ${name(person)}`,
      firstSeen: (ago) => `أول ظهور ${ago}`,
      messages: (count) =>
        plural(count, {
          zero: "لا رسائل منذ دخولك",
          one: "رسالة واحدة منذ دخولك",
          two: "رسالتان منذ دخولك",
          few: "# رسائل منذ دخولك",
          many: "# رسالة منذ دخولك",
          other: "# رسالة منذ دخولك",
        }),
      noMessages: "لا رسائل منذ دخولك",
      earlier: "إجراءات سابقة",
      noEarlier: "لا إجراءات سابقة",
      sanctioned: { mute: "مكتوم", timeout: "مكتوم مؤقتًا", ban: "محظور", shadow: "لا يراه غيره" },
      until: (time) => `حتى ${time}`,
      mention: "ذكر الاسم",
      close: "إغلاق",
    },
    log: {
      title: "سجل الإشراف",
      empty: "لم يضطر الفريق إلى أي إجراء بعد.",
      sanction({ by, what, whom, seconds, why, text }) {
        const did = { mute: "كتم", timeout: "كتم مؤقت بحق", ban: "حظر", shadow: "حظر خفي بحق" }[what];
        const long = seconds === null ? "" : ` لمدة ${duration(seconds)}`;
        return `${name(by)}: ${did} ${name(whom)}${long}${because(why)}.${quoted(text)}`;
      },
      lifted(by, what, whom) {
        const did = { mute: "الكتم", timeout: "الكتم المؤقت", ban: "الحظر", shadow: "الحظر الخفي" }[what];
        return `${name(by)}: رفع ${did} عن ${name(whom)}.`;
      },
      act({ by, act, count, whom, why, text }) {
        if (act === "settings") return `${name(by)}: تغيير الإعدادات${because(why)}.${quoted(text)}`;
        const did = {
          retract: "حذف",
          restore: "استعادة",
          approve: "قبول",
          reject: "رفض",
          pin: "تثبيت",
          unpin: "إلغاء تثبيت",
        }[act];
        const what = plural(count, {
          one: "رسالة",
          two: "رسالتين",
          few: "# رسائل",
          many: "# رسالة",
          other: "# رسالة",
        });
        const whose = whom === null ? "" : ` من ${name(whom)}`;
        return `${name(by)}: ${did} ${what}${whose}${because(why)}.${quoted(text)}`;
      },
      held: (person) => `رسالة من ${name(person)} تنتظر القرار.`,
      somebody: "شخص ما",
    },
    commands: {
      title: "الأوامر",
      takes,
      help: {
        help: "عرض الأوامر",
        ignore: "إخفاء ما يكتبه شخص عنك وحدك",
        unignore: "إظهار ما يكتبه شخص من جديد",
        timeout: "كتم شخص لمدة",
        ban: "حظر شخص من هذه الدردشة",
        unban: "السماح لشخص بالدخول من جديد",
        slow: "تحديد المدة بين رسالتين للشخص نفسه",
        mode: "تحديد من يمكنه الكتابة",
      },
      mistake(mistake) {
        switch (mistake.m) {
          case "unknown-command":
            return mistake.like === null
              ? `لا يوجد أمر ${name(`/${mistake.word}`)}. لعرض القائمة: ${name("/help")}.`
              : `لا يوجد أمر ${name(`/${mistake.word}`)}. هل المقصود ${name(`/${mistake.like}`)}؟`;
          case "staff-only":
            return `الأمر ${name(`/${mistake.command}`)} لفريق الإشراف فقط.`;
          case "missing":
            return `ينقص الأمر ${name(`/${mistake.command}`)}: ${takes[mistake.what]}.`;
          case "too-much":
            return `لا يقبل الأمر ${name(`/${mistake.command}`)} «${name(mistake.words)}».`;
          case "nobody":
            return `لم يتحدث أحد باسم ${name(mistake.name)} مؤخرًا.`;
          case "several":
            return `هناك أكثر من شخص باسم ${name(mistake.name)}. يُرجى استخدام القائمة عند إحدى الرسائل.`;
          case "duration":
            return `«${name(mistake.word)}» ليست مدة. أمثلة: 30s أو 10m أو 2h أو 7d، حتى ${duration(mistake.secondsMax)}.`;
          case "slow":
            return `«${name(mistake.word)}» ليست مدة صالحة. المطلوب عدد الثواني، حتى ${number(mistake.secondsMax)}، أو off.`;
          case "mode":
            return `«${name(mistake.word)}» ليس وضعًا. الأوضاع: open أو moderated أو read-only.`;
          case "why-too-long":
            return `الملاحظة طويلة جدًا. أقصى طول بالأحرف: ${number(mistake.charsMax)}.`;
        }
      },
    },
    picker: {
      title: "اختيار رمز تعبيري",
      search: "البحث في الرموز التعبيرية",
      none: "لم يُعثر على رموز",
      found: (count) =>
        plural(count, {
          zero: "لم يُعثر على رموز",
          one: "عُثر على رمز واحد",
          two: "عُثر على رمزين",
          few: "عُثر على # رموز",
          many: "عُثر على # رمزًا",
          other: "عُثر على # رمز",
        }),
      recent: "المستخدمة مؤخرًا",
      loading: "جارٍ تحميل الرموز…",
      failed: "تعذّر تحميل الرموز.",
      tone: "لون البشرة",
      tones: ["بلا لون", "فاتح", "فاتح متوسط", "متوسط", "داكن متوسط", "داكن"],
      groups: {
        "smileys-emotion": "الوجوه والمشاعر",
        "people-body": "الأشخاص والجسم",
        "animals-nature": "الحيوانات والطبيعة",
        "food-drink": "الطعام والشراب",
        "travel-places": "السفر والأماكن",
        activities: "الأنشطة",
        objects: "الأشياء",
        symbols: "الرموز",
        flags: "الأعلام",
      },
    },
    settings: {
      title: "إعدادات الدردشة",
      theme: "المظهر",
      themes: { system: "حسب النظام", dark: "داكن", light: "فاتح" },
      textSize: "حجم النص",
      textSizes: { small: "صغير", normal: "عادي", large: "كبير", larger: "كبير جدًا" },
      focus: "وضع التركيز",
      focusHint: "الرسائل وحقل الكتابة فقط",
      timestamps: "إظهار الأوقات",
      align: "عرض الدردشة مع الصورة",
      alignHint: "تنتظر الرسائل حتى ترى ما تتحدث عنه",
      motion: "إظهار الحركات",
      motionReduced: "نظامك يطلب تقليل الحركة.",
      announcements: "القراءة الصوتية",
      announcementsHint: "لقارئات الشاشة",
      announcementModes: {
        off: "متوقفة",
        mentions: "ذكر اسمك ورسائل الفريق",
        digest: (seconds) => `ملخص كل ${duration(seconds)}`,
        all: "كل الرسائل",
      },
      ignored: "من تتجاهلهم",
      nobodyIgnored: "لا تتجاهل أحدًا.",
      showAgain: "إظهار مجددًا",
      notHere: "شخص لم يكتب منذ دخولك",
      failed: "تعذّر فتح الإعدادات.",
      close: "إغلاق",
    },
    refusals: {
      "try-later": "لا يمكن للدردشة حفظ الرسائل الآن. رسالتك محفوظة لديك وستُرسل مجددًا بعد قليل.",
      busy: "الدردشة مزدحمة جدًا. رسالتك محفوظة لديك وستُرسل مجددًا بعد قليل.",
      "not-joined": "لم تدخل هذه الدردشة بعد. يُرجى إعادة تحميل الصفحة والمحاولة من جديد.",
      "no-such-room": "لم تعد هذه الدردشة موجودة.",
      "not-open": "لم تُفتح الدردشة بعد. يمكنك الكتابة حالما يبدأ البث.",
      ended: "انتهى البث، ولم تعد الدردشة تستقبل الرسائل.",
      forbidden: "دورك لا يسمح بهذا هنا.",
      "read-only": "الكتابة لفريق الإشراف فقط حاليًا.",
      muted: "كتمك أحد المشرفين، فلا يمكنك الكتابة حاليًا.",
      banned: "حظرك أحد المشرفين من هذه الدردشة.",
      pace: "كان هذا سريعًا! يُرجى الانتظار لحظة ثم الإرسال من جديد.",
      slow: "الوضع البطيء مفعّل. يأتي دورك عند انتهاء العد التنازلي.",
      duplicate: "لقد قلت هذا للتو. يُرجى التعبير عنه بكلمات أخرى.",
      empty: "لا يوجد ما يُرسل بعد.",
      "too-long": "الرسالة طويلة جدًا. يُرجى اختصارها أو إرسالها في جزأين.",
      "name-like-staff": "اسمك يشبه اسم أحد المشرفين. يُرجى اختيار اسم آخر للكتابة.",
      "stale-retry": "مضى على هذه الرسالة وقت طويل ولا يمكن تكرارها بأمان. يُرجى إرسالها كرسالة جديدة.",
      unknown: "هذه الرسالة لم تعد موجودة أو أصبحت أقدم من أن تُغيَّر.",
      "not-yours": "هذا متاح لكاتب الرسالة فقط.",
      "too-late": "يمكن تعديل الرسالة لبضع دقائق فقط، وقد انقضت.",
      unchanged: "إنها كذلك بالفعل.",
      outranked: "لا يمكنك فعل هذا بمن له دورك أو دور أعلى.",
      emoji: "هذا التفاعل غير متوفر في هذه الدردشة.",
      limit: "لا مكان هنا للمزيد. يُرجى إزالة واحد أولًا.",
      rate: "طلبات كثيرة دفعة واحدة. يُرجى الانتظار لحظة ثم المحاولة من جديد.",
      malformed: "لم يفهم الخادم هذا الطلب. يُرجى إعادة تحميل الصفحة والمحاولة من جديد.",
      "too-many-rooms": "عدد الدردشات المفتوحة كبير. يُرجى إغلاق إحداها ثم المحاولة من جديد.",
    },
    failures: {
      expired: "لم يصل رد خلال خمس دقائق. ربما لم تُرسل الرسالة.",
      "too-many-pending": "رسائل كثيرة تنتظر الإرسال. يُرجى المحاولة بعد إرسالها.",
      left: "غادرت قبل أن يصل الرد.",
      closed: "انتهى الاتصال قبل أن يصل الرد.",
      "connection-refused": "لا يسمح الخادم بدخولك حاليًا. يُرجى المحاولة لاحقًا.",
    },
    announce: {
      digest({ messages, mentions, staff }) {
        const parts = [
          messages === 0
            ? ""
            : plural(messages, {
                one: "رسالة جديدة واحدة",
                two: "رسالتان جديدتان",
                few: "# رسائل جديدة",
                many: "# رسالة جديدة",
                other: "# رسالة جديدة",
              }),
          mentions === 0
            ? ""
            : plural(mentions, {
                one: "ذُكر اسمك مرة واحدة",
                two: "ذُكر اسمك مرتين",
                few: "ذُكر اسمك # مرات",
                many: "ذُكر اسمك # مرة",
                other: "ذُكر اسمك # مرة",
              }),
          staff === 0
            ? ""
            : plural(staff, {
                one: "رسالة واحدة من الفريق",
                two: "رسالتان من الفريق",
                few: "# رسائل من الفريق",
                many: "# رسالة من الفريق",
                other: "# رسالة من الفريق",
              }),
        ].filter((part) => part !== "");
        return parts.length === 0 ? "" : `${list(parts)}.`;
      },
      message: (person, text) => `${name(person)}: ${name(text)}`,
      mention: (person, text) => `ذكر ${name(person)} اسمك: ${name(text)}`,
      staffMessage: (role, person, text) => `${role} ${name(person)}: ${name(text)}`,
    },
  };
}
