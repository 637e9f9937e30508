# The programs of publish workflows, as functions that write down what left the runner. Loaded through BASH_ENV.
# What they know: $RECORD and $STATE (files), $MINTS (may ask for an identity token), $WRITES (may write contents).

told() { printf '%s\n' "$*" >>"$RECORD"; }
installed() { [ -f "$STATE/$1" ] && cat "$STATE/$1" || echo "$2"; }
here() { if [ -f NAME ]; then cat NAME; else echo thing; fi; }

built() { # built FOLDER KIND...
  local folder=$1 kind; shift
  [ -f NAME ] || { echo "no package here: $PWD" >&2; return 1; }
  mkdir -p "$folder"
  for kind in "$@"; do
    case $kind in
      sdist) echo 1.0 >"$folder/$(here)-1.0.tar.gz" ;;
      wheel) echo 1.0 >"$folder/$(here)-1.0-py3-none-any.whl" ;;
      native) echo 1.0 >"$folder/$(here)-1.0-$LEG.whl" ;;
    esac
  done
}

option() { # option DEFAULT NAMES ARGUMENTS...: what one of the options is given
  local found=$1 names=" $2 "; shift 2
  while [ $# -gt 0 ]; do
    case $names in *" $1 "*) found=$2; [ $# -gt 1 ] && shift ;; *" ${1%%=*} "*) found=${1#*=} ;; esac
    shift
  done
  echo "$found"
}
flagged() { local names=" $1 " word; shift; for word in "$@"; do case $names in *" $word "*) return 0 ;; esac; done; return 1; }

index_of() {
  case $1 in *test*) echo testpypi ;; "" | pypi | *upload.pypi.org*) echo pypi ;; *) echo "$1" ;; esac
}

sent() { # sent INDEX HOW SKIP FILES...
  local index=$1 how=$2 skip=$3 file; shift 3
  [ $# -gt 0 ] || { echo "nothing to upload" >&2; return 1; }
  for file in "$@"; do
    [ -f "$file" ] || { echo "no such file: $file" >&2; return 1; }
  done
  [ "$REFUSES" != "$index" ] || { told "refused $index"; return 1; }
  for file in "$@"; do
    case $file in *.attestation) ;; *) told "upload $index $how skip=$skip ${file##*/} $(cat "$file")" ;; esac
  done
}

how() { # how TOKEN MAY: token, oidc, or a failure
  if [ -n "$1" ]; then
    case $1 in *SECRET*) echo token ;; *) echo "no such token: $1" >&2; return 1 ;; esac
  elif [ "$2" = may ] && [ "$MINTS" = yes ]; then echo oidc; else echo "no credential" >&2; return 1; fi
}

twine() {
  [ "$1" = upload ] || { [ "$1" = check ] && return 0; return 0; }
  [ -f "$STATE/twine" ] || { echo "twine: command not found" >&2; return 127; }
  shift
  local token index skip=no may=no kind word files=() all=("$@")
  token=$(option "${TWINE_PASSWORD:-}" "-p --password" "$@")
  [ -n "$token" ] || [ -z "${TWINE_PASSWORD+set}" ] || { echo "empty password" >&2; return 1; }
  [ -n "$token" ] || [ ! -f "$HOME/.pypirc" ] || token=$(grep -o '[A-Z_]*SECRET[A-Z_]*' "$HOME/.pypirc" | head -1)
  index=$(index_of "$(option "${TWINE_REPOSITORY_URL:-${TWINE_REPOSITORY:-}}" "-r --repository --repository-url" "$@")")
  flagged "--skip-existing" "$@" && skip=yes
  case $(installed twine 0) in new) may=may ;; esac
  kind=$(how "$token" $may) || return 1
  while [ $# -gt 0 ]; do
    case $1 in
      -u | -p | -r | --username | --password | --repository | --repository-url | --config-file) shift ;;
      -*) ;;
      *) files+=("$1") ;;
    esac
    shift
  done
  sent "$index" "$kind" $skip "${files[@]}"
}

pip() {
  local word
  for word in "$@"; do
    word=${word//[\"\']/}
    case $word in
      twine | "twine>="* | "twine[") [ "$(installed python new)" = old ] && echo old >"$STATE/twine" || echo new >"$STATE/twine" ;;
      "twine=="* | "twine<"*) echo old >"$STATE/twine" ;;
    esac
  done
  if [ "$1" = wheel ]; then built "$(option . "-w --wheel-dir" "$@")" wheel; fi
}
pip3() { pip "$@"; }

python() {
  while [ "$1" = -I ] || [ "$1" = -u ]; do shift; done
  case $1 in
    -m) shift; case $1 in
      build | pep517.build) shift; frontend "$@" ;;
      cibuildwheel) shift; cibuildwheel "$@" ;;
      pip | twine | poetry | flit | hatch | pdm | maturin | uv) "$@" ;;
      *) : ;;
    esac ;;
    setup.py) shift; setup_py "$@" ;;
    -c | - | *.py) : ;;
  esac
}
python3() { python "$@"; }

frontend() {
  local out kinds=(sdist wheel) word from=.
  out=$(option dist "-o --outdir --out-dir" "$@")
  flagged "--sdist -s --source" "$@" && kinds=(sdist)
  flagged "--wheel -w --binary" "$@" && { flagged "--sdist -s --source" "$@" && kinds=(sdist wheel) || kinds=(wheel); }
  for word in "$@"; do case $word in -*) ;; *) [ -f "$word/NAME" ] && from=$word ;; esac; done
  case $out in /*) ;; *) flagged "-o --outdir --out-dir" "$@" && out=$PWD/$out ;; esac
  (cd "$from" && built "$out" "${kinds[@]}")
}

setup_py() {
  local word kinds=()
  for word in "$@"; do
    case $word in
      sdist) kinds+=(sdist) ;;
      bdist_wheel) kinds+=(wheel) ;;
      upload) sent "$(index_of "$(option pypi "-r" "$@")")" "$(how "$(grep -o '[A-Z_]*SECRET[A-Z_]*' "$HOME/.pypirc" | head -1)" no)" no dist/* || return 1 ;;
    esac
    if [ ${#kinds[@]} -gt 0 ]; then built dist "${kinds[@]}" || return 1; fi
  done
}

cibuildwheel() { built "$(option wheelhouse "--output-dir" "$@")" native; }

poetry() {
  local token index skip=no
  if [ "$1" = config ]; then
    case $2 in pypi-token.* | http-basic.*) echo "${4:-$3}" >"$STATE/poetry.${2##*.}" ;; esac
    return 0
  fi
  case $1 in
    build) case $(option all "-f --format" "$@") in wheel) built dist wheel ;; sdist) built dist sdist ;; *) built dist sdist wheel ;; esac ;;
    version) echo "thing 1.0" ;;
    run) shift; "$@" ;;
    publish)
      flagged "--build" "$@" && { built dist sdist wheel || return 1; }
      index=$(option pypi "-r --repository" "$@")
      case $index in *test*) token=${POETRY_PYPI_TOKEN_TESTPYPI:-${POETRY_PYPI_TOKEN_TEST_PYPI:-}} ;; *) token=${POETRY_PYPI_TOKEN_PYPI:-${POETRY_HTTP_BASIC_PYPI_PASSWORD:-}} ;; esac
      token=$(option "${token:-$(installed "poetry.$index" "")}" "-p --password" "$@")
      flagged "--skip-existing" "$@" && skip=yes
      token=$(how "$token" no) || return 1
      sent "$(index_of "$index")" "$token" $skip dist/* ;;
  esac
}

flit() {
  case $1 in
    build) built dist sdist wheel ;;
    publish) built dist sdist wheel && token=$(how "${FLIT_PASSWORD:-}" no) &&
      sent "$(index_of "$(option "${FLIT_INDEX_URL:-}" "--repository" "$@")")" "$token" no dist/"$(here)"* ;;
  esac
}

hatch() {
  local token
  case $1 in
    build) built dist sdist wheel ;;
    version) echo 1.0 ;;
    run) shift; "$@" ;;
    publish)
      token=$(how "$(option "${HATCH_INDEX_AUTH:-}" "-a --auth" "$@")" no) || return 1
      sent "$(index_of "$(option "${HATCH_INDEX_REPO:-}" "-r --repo" "$@")")" "$token" no dist/* ;;
  esac
}

pdm() {
  local token
  case $1 in
    build) built dist sdist wheel ;;
    run) shift; "$@" ;;
    publish)
      flagged "--no-build" "$@" || built dist sdist wheel || return 1
      token=$(how "$(option "${PDM_PUBLISH_PASSWORD:-}" "-P --password" "$@")" may) || return 1
      sent "$(index_of "$(option "${PDM_PUBLISH_REPO:-}" "-r --repository" "$@")")" "$token" no dist/* ;;
  esac
}

uv() {
  local token files=() word
  case $1 in
    build) shift; frontend "$@" ;;
    pip) shift; pip "$@" ;;
    run) shift; while case $1 in -*) true ;; *) false ;; esac; do [ "$1" = --with ] && { pip install "$2"; shift; }; shift; done; "$@" ;;
    tool) [ "$2" = run ] && { shift 2; uvx "$@"; } || { shift 2; pip install "$@"; } ;;
    publish)
      [ -z "${UV_PUBLISH_TOKEN+set}" ] || [ -n "$UV_PUBLISH_TOKEN" ] || return 1
      token=$(how "$(option "${UV_PUBLISH_TOKEN:-${UV_PUBLISH_PASSWORD:-}}" "-t --token -p --password" "$@")" may) || return 1
      for word in "$@"; do case $word in dist/*) files+=("$word") ;; esac; done
      [ ${#files[@]} -gt 0 ] || files=(dist/*)
      word=no; flagged "--check-url" "$@" && word=yes
      sent "$(index_of "$(option "${UV_PUBLISH_URL:-${UV_PUBLISH_INDEX:-}}" "--publish-url --index" "$@")")" "$token" $word "${files[@]}" ;;
  esac
}
uvx() { pipx run "$@"; }

pipx() {
  [ "$1" = run ] || { pip "$@"; return; }
  shift
  case $1 in --spec) pip install "$2"; shift 2 ;; *) pip install "$1" ;; esac
  local name=${1%%[=<>@[]*}; shift
  case $name in build) frontend "$@" ;; *) "$name" "$@" ;; esac
}

maturin() {
  local token out kinds=(native)
  out=$(option target/wheels "-o --out" "$@")
  case $1 in
    build) flagged "--sdist" "$@" && kinds+=(sdist); built "$out" "${kinds[@]}" ;;
    sdist) built "$out" sdist ;;
    publish | upload)
      local skip=no files=() word
      flagged "--skip-existing" "$@" && skip=yes
      token=$(how "$(option "${MATURIN_PYPI_TOKEN:-${MATURIN_PASSWORD:-}}" "-p --password" "$@")" no) || return 1
      if [ "$1" = publish ]; then
        flagged "--no-sdist" "$@" || kinds+=(sdist)
        built "$out" "${kinds[@]}" || return 1
        files=("$out"/*"$LEG".whl); flagged "--no-sdist" "$@" || files+=("$out"/*.tar.gz)
      else
        for word in "${@:2}"; do case $word in dist/*) files+=("$word") ;; esac; done
      fi
      sent "$(index_of "$(option "${MATURIN_REPOSITORY:-}" "-r --repository --repository-url" "$@")")" "$token" $skip "${files[@]}" ;;
  esac
}

git() {
  case $* in
    *push*) [ -f "$GITHUB_WORKSPACE/NAME" ] && [ "$WRITES" = yes ] || { echo "may not push" >&2; return 1; }; told "git push" ;;
    *describe*) echo v1.0 ;;
    *rev-parse*) echo 0123 ;;
  esac
}
gh() { [ "$WRITES" = yes ] || return 1; [ -n "${GH_TOKEN:-}${GITHUB_TOKEN:-}" ] || return 1; told "gh $1 $2"; }
mkdocs() { case $1 in gh-deploy) git push ;; esac; }
curl() { case $* in *hooks*) told "told the world" ;; esac; }
sudo() { "$@"; }
make() { case $1 in dist | build) python -m build ;; esac; }
sleep() { :; }
npm() { :; }
docker() { :; }
apt-get() { :; }
ls() { :; }
tree() { :; }
