import type { Format } from "./format.ts";

export type EnglishStudio = ReturnType<typeof englishStudio>;

/** What the host's studio says. A sentence ends with a period; what names a button does not. */
export function englishStudio({ name, number, plural, duration }: StudioFormat) {
  return {
    titled: (room: string) => `${name(room)}: studio`,
    /** By the attribute `data-word` of the page. */
    labels: {
      studio: "Studio",
      chat: "Chat",
      view: "View",
      preview: "Preview, as viewers see it",
      roomPage: "Open the room's page",
      what: "What to send",
      camera: "Camera",
      screen: "Screen",
      microphone: "Microphone only",
      cameraDevice: "Camera",
      microphoneDevice: "Microphone",
      level: "Level of the microphone",
      goLive: "Go live",
      stop: "Stop",
      health: "Connection",
      healthNone: "Nothing is being sent. How the connection is doing is shown here once you are live.",
      encoder: "OBS or another encoder",
      encoderAbout:
        "Choose one of these in your encoder. Whoever has a key can broadcast here: show it to nobody.",
      key: "Stream key",
      makeKey: "Make a stream key",
      whip: "WHIP",
      whipAbout: "Least delay. In OBS 30 or newer: Settings, Stream, Service: WHIP.",
      rtmp: "RTMP",
      rtmpAbout: "For any encoder. In OBS: Settings, Stream, Service: Custom.",
      srt: "SRT",
      srtAbout: "For lines that lose packets. In OBS: Settings, Stream, Service: Custom, and no stream key.",
      noRtmp: "This server takes no RTMP.",
      noSrt: "This server takes no SRT.",
      server: "Server",
      bearer: "Bearer token",
      streamKey: "Stream key",
      address: "Server, with passphrase",
      encoderAdvice:
        "Everywhere: H.264, a key frame every 2 seconds, no B-frames for WHIP, AAC sound for RTMP and SRT.",
      settings: "Settings",
      secondPublisher: "When a second encoder comes",
      refuse: "Refuse it",
      takeOver: "Let it take over",
      grace: "How long an encoder may be away",
      lowLatency: "Who may watch with little delay",
      everyone: "Everyone",
      known: "Who has signed in",
      record: "Record broadcasts",
      confirmTitle: "End the broadcast?",
      confirmText: "It ends for everybody who watches. Another one can begin after 15 seconds.",
      keepOn: "Keep going",
      endIt: "End it",
      confirmKeyTitle: "Make a new stream key?",
      confirmKeyText: "The one of before ends at once, and so does an encoder that sends with it.",
      keepKey: "Keep the old one",
      newKey: "Make a new one",
    },
    phase: {
      unknown: "Connecting…",
      off: "Off air",
      connecting: "Going live…",
      live: "Live",
      interrupted: "Interrupted",
      reconnecting: "Coming back…",
      ended: "Ended",
    },
    liveFor: (timecode: string) => `for ${timecode}`,
    duration,
    endsIn: (seconds: number) => `ends in ${duration(seconds)}`,
    goLiveIn: (seconds: number) => `Go live in ${number(seconds)} s`,
    goLiveInstead: "Go live instead",
    goOn: "Go on with the broadcast",
    watching: (count: number) => plural(count, { one: "# viewer", other: "# viewers" }),
    watchingBy: (whep: number, hls: number) => `${number(whep)} by WebRTC, ${number(hls)} by HLS`,
    mute: "Mute",
    unmute: "Unmute",
    muted: "Your microphone is muted: nobody hears you.",
    stage: {
      choose: "Choose what to send, or start your encoder.",
      sound: "Sound only: viewers see no picture.",
    },
    by: { whip: "WHIP", rtmp: "RTMP", srt: "SRT" },
    line: {
      bitrate: "Bitrate",
      size: "Picture",
      fps: "Frames a second",
      keyFrames: "Key frame every",
      loss: "Lost on the way",
      rtt: "There and back",
      viewers: "Viewers",
      from: "Sent by",
    },
    ownBrowser: "This page",
    megabits: (value: string) => `${value} Mbit/s`,
    kilobits: (value: string) => `${value} kbit/s`,
    seconds: (value: string) => `${value} s`,
    milliseconds: (value: string) => `${value} ms`,
    percent: (value: string) => `${value} %`,
    warning: {
      "key-frames": (seconds: string) =>
        `A key frame comes only every ${seconds} s, so viewers start late. In OBS: Settings, Output, Keyframe Interval: 2 s. Elsewhere it is called GOP or key-frame interval.`,
      "key-frames-own": (seconds: string) =>
        `A key frame comes only every ${seconds} s, so viewers start late. Your computer may be too busy: close what you do not need.`,
      loss: "Much is lost on the way to the server: use a cable instead of Wi-Fi, or send with a lower bitrate.",
      frames:
        "Few frames come in: your encoder may be too slow. Choose a smaller picture or a faster preset.",
    },
    saidTitle: "The server says of the encoder:",
    copyShort: "Copy",
    showShort: "Show",
    hideShort: "Hide",
    copy: (what: string) => `Copy ${what}`,
    copied: "Copied.",
    notCopied: "It could not be copied: select it and copy it by hand.",
    show: (what: string) => `Show ${what}`,
    hide: (what: string) => `Hide ${what}`,
    keyOnce: "This is the only time that the key is shown: copy it into your encoder now.",
    keyMade: (ago: string) =>
      `There is a stream key already (made ${ago}). It is not shown again; a new one ends it.`,
    keyNone: "There is no stream key yet.",
    rotate: "Make a new stream key",
    saved: "Saved.",
    device: {
      insecure: {
        camera: "A camera needs a page with https: open this address with https, or on localhost.",
        screen: "Sharing a screen needs a page with https: open this address with https, or on localhost.",
        microphone: "A microphone needs a page with https: open this address with https, or on localhost.",
      },
      unsupported: {
        camera: "This browser cannot use a camera: use another browser, or an encoder such as OBS.",
        screen: "This browser cannot share a screen: use one on a computer, or an encoder such as OBS.",
        microphone: "This browser cannot use a microphone: use another browser, or an encoder such as OBS.",
      },
      denied: {
        camera: "The camera is not allowed: allow it for this page at the address bar, then try again.",
        screen: "The screen is not allowed: allow it for this page at the address bar, then try again.",
        microphone:
          "The microphone is not allowed: allow it for this page at the address bar, then try again.",
      },
      cancelled: {
        camera: "No camera was chosen.",
        screen:
          "No screen was chosen. If your browser did not ask, allow screen recording in the system's settings.",
        microphone: "No microphone was chosen.",
      },
      missing: {
        camera: "There is no camera: plug one in, or choose another one.",
        screen: "There is no screen to share here.",
        microphone: "There is no microphone: plug one in, or choose another one.",
      },
      "in-use": {
        camera: "Another program uses the camera: close it there, then try again.",
        screen: "The screen cannot be read: close other programs that record it, then try again.",
        microphone: "Another program uses the microphone: close it there, then try again.",
      },
      failed: {
        camera: "The camera did not start: unplug it and plug it in again, or choose another one.",
        screen: "The screen could not be shared: try again.",
        microphone: "The microphone did not start: unplug it and plug it in again, or choose another one.",
      },
    },
    unplugged: {
      camera: "The camera is gone: plug it in again, or choose another one.",
      screen: "The screen is not shared any more: choose what to send.",
      microphone: "The microphone is gone: plug it in again, or choose another one.",
    },
    silent: "Without a microphone you are live with no sound.",
    failure: {
      expired: "Your link has run out, or is not believed: open the studio by a new one.",
      "not-host": "This link may not broadcast here: ask for one with the role host.",
      occupied:
        "Somebody else is on the air here: stop them first, or let a second one take over in the settings.",
      held: "A broadcast was ended here a moment ago: the next one can begin after 15 seconds.",
      busy: "The server takes no more broadcasts at the moment: try again in a minute.",
      codec:
        "The server takes H.264 and Opus only, which this browser does not send: use another browser, or an encoder such as OBS.",
      refused: "The server refused the broadcast: reload the page and try again.",
      offline: "The server does not answer: check your connection, then try again.",
      unreachable:
        "The server answers, but pictures do not get there: a firewall may stop UDP. Try another network, or RTMP with an encoder.",
      lost: "The connection is lost, and did not come back. Check your network, then go on with the broadcast.",
      ended: "Another host has ended this broadcast.",
      taken: "Another encoder has taken over this broadcast. This page does not send any more.",
    },
    retrying: (tries: number) => `The connection is lost. Trying to come back (${number(tries)})…`,
    refusal: {
      expired:
        "Your link has run out, or is not believed: open the studio by a new one. What is on the air stays so.",
      "not-host": "The studio is for hosts of this room: open it by a link with the role host.",
      offline: "The server does not answer. What is on the air may stay so. Trying again…",
      refused: "The server refused that: reload the page and try again.",
    },
    noMedia: "This server runs without video: its operator can start it without --no-media.",
    noToken:
      "The studio is for hosts: open it by a link with a host's token, as `chorus token --role host` makes them.",
    noRoom: "There is no such room yet: its host makes it with `chorus room`, and then it can be watched.",
    stopFailed: (seconds: number) =>
      `The server did not hear that the broadcast is over. It ends by itself in ${duration(seconds)}.`,
    notLoaded: "The chat could not be loaded. Reload the page to try again.",
  };
}

type StudioFormat = Pick<Format, "name" | "number" | "plural" | "duration">;
