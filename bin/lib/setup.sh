# shellcheck shell=sh
# What a fresh machine needs before the pinned Node can run the sources. Read by bin/start, bin/test and bin/chorus,
# which set $root. Everything is printed to stderr: stdout belongs to the command, whose last line may be JSON.

pinned_node=$root/node_modules/node/bin/node
stamp=$root/node_modules/.chorus-lock
npm_major_min=7
unpacked_nginx=$root/node_modules/.nginx
elements_stamp=$root/elements/dist/built

# The stamp is written last, so a set-up that was interrupted is done again, whole.
set_up() {
  if [ -x "$pinned_node" ] && cmp -s "$root/package-lock.json" "$stamp"; then return; fi
  require_npm
  install_packages
  require_pinned_node
  cp "$root/package-lock.json" "$stamp"
}

# What browsers load by one tag is bundled when it is missing or older than a source. Needs the packages of set_up.
build_elements() {
  elements_are_built && return
  say "Building the chat for browsers (only when its sources have changed)."
  "$pinned_node" "$root/elements/build.ts" </dev/null >&2 ||
    stop "The chat for browsers could not be built; what is said above is why."
}

elements_are_built() {
  [ -e "$elements_stamp" ] || return 1
  newer=$(cd "$root" && find elements console sdk protocol package.json \
    \( -name dist -o -name node_modules \) -prune -o \
    -type f ! -name '*.test.ts' -newer "$elements_stamp" -print) && [ -z "$newer" ]
}

# Sets $chromium.
require_chromium() {
  find_chromium && return
  apt_install chromium || true
  find_chromium || stop "The browser tests need Chromium: install the package chromium, or set CHROMIUM to its path."
}

# Sets $ffmpeg.
require_ffmpeg() {
  find_ffmpeg && return
  apt_install ffmpeg || true
  find_ffmpeg || stop "The tests of pictures need ffmpeg: install the package ffmpeg, or set FFMPEG to its path."
}

# Sets $nginx. Debian's package starts a service when it is installed, so it is unpacked here and not installed.
require_nginx() {
  find_nginx && return
  unpack_nginx || true
  find_nginx || stop "The tests of caches need nginx: install the package nginx, or set NGINX to its path."
}

require_npm() {
  missing=
  runs node || missing=nodejs
  runs npm || missing="$missing npm"
  if [ -n "$missing" ]; then
    # Two packages are two words.
    # shellcheck disable=SC2086
    apt_install $missing || true
  fi
  if ! runs node || ! runs npm; then
    stop "Chorus needs npm $npm_major_min or newer to fetch its packages: install nodejs and npm."
  fi
  npm_version=$(npm --version </dev/null)
  npm_major=${npm_version%%.*}
  if [ "$npm_major" -lt "$npm_major_min" ]; then
    stop "Chorus needs npm $npm_major_min or newer to read its lock file, and this is npm $npm_version."
  fi
}

# No script of a package runs but one: that of the package node, which fetches the pinned binary. It is started from
# here, since newer npm asks before it runs a script, and older npm runs it as another user. Only npm 7 has to run it
# itself, because it refuses to link a binary that is not there yet.
install_packages() {
  say "Fetching packages (only when package-lock.json has changed)."
  own_cache=
  npm_has_a_cache || own_cache=$(mktemp -d)
  fetched=yes
  (
    export npm_config_update_notifier=false npm_config_loglevel=error
    if [ -n "$own_cache" ]; then export npm_config_cache="$own_cache"; fi
    cd "$root" && npm_ci && cd node_modules/node && node installArchSpecificPackage.js
  ) </dev/null >&2 || fetched=no
  if [ -n "$own_cache" ]; then rm -rf "$own_cache"; fi
  [ "$fetched" = yes ] || stop "npm could not fetch the packages; what it says above is why."
}

npm_ci() {
  scripts=--ignore-scripts
  [ "$npm_major" -gt 7 ] || scripts=--no-ignore-scripts
  npm ci "$scripts" --include=dev --no-engine-strict --no-audit --no-fund
}

# Official binaries of Node 25 and newer are linked to libatomic, which slim systems lack.
require_pinned_node() {
  if ! runs "$pinned_node"; then
    apt_install libatomic1 || true
  fi
  if ! why=$("$pinned_node" --version 2>&1 </dev/null); then
    stop "The pinned Node does not run here ($why); on Debian and Ubuntu it needs the package libatomic1."
  fi
}

# npm fails without a directory that it may write to. A home that is empty, missing or read-only has none.
npm_has_a_cache() {
  [ -n "${npm_config_cache:-}" ] && return
  [ -n "${HOME:-}" ] && [ -w "$HOME" ] || return 1
  [ ! -e "$HOME/.npm" ] || [ -w "$HOME/.npm" ]
}

find_ffmpeg() {
  "${FFMPEG:-ffmpeg}" -version >/dev/null 2>&1 </dev/null || return 1
  ffmpeg=$(command -v "${FFMPEG:-ffmpeg}")
}

find_nginx() {
  for name in "${NGINX:-nginx}" /usr/sbin/nginx "$unpacked_nginx/usr/sbin/nginx"; do
    if "$name" -v >/dev/null 2>&1 </dev/null; then
      nginx=$(command -v "$name")
      return 0
    fi
  done
  return 1
}

unpack_nginx() {
  [ "${system_packages:-install}" = install ] || return 1
  say "Fetching nginx with apt-get, for the tests alone."
  rm -rf "$unpacked_nginx" && mkdir -p "$unpacked_nginx" &&
    (cd "$unpacked_nginx" && apt-get download -q nginx && dpkg -x nginx_*.deb .) </dev/null >&2
}

find_chromium() {
  for name in "${CHROMIUM:-chromium}" chromium-browser google-chrome google-chrome-stable; do
    if runs "$name"; then
      chromium=$(command -v "$name")
      return 0
    fi
  done
  return 1
}

# Fails, without a question, where this user may not install.
apt_install() {
  [ "${system_packages:-install}" = install ] || return 1
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root=env
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root="sudo -n env"
  fi
  say "Installing with apt-get: $*"
  $as_root DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >&2 || say "apt-get update failed; trying anyway."
  $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

# A command that is there but cannot start (a broken link, a missing library) is as good as absent.
runs() {
  command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1 </dev/null
}

say() {
  printf '%s\n' "$*" >&2
}

stop() {
  say "$*"
  exit 1
}
