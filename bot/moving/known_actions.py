"""What well-known actions do with the token of their job: the scopes that they need, by their names in lower case.

An action that is in no list is not known, and a job that uses it is given no `permissions:` block by us unless it has
one already: what it may need would be taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Scopes = Mapping[str, str]

_LISTS: tuple[tuple[Scopes, str], ...] = (
    (
        {},
        """
    appleboy/discord-action appleboy/scp-action appleboy/ssh-action appleboy/telegram-action getsentry/action-release
    ethomson/send-tweet-action ilshidur/action-discord jungwinter/split mxschmitt/action-tmate
    peter-evans/dockerhub-description rjstone/discord-webhook-notify s-weigand/setup-conda sigstore/cosign-installer
    tsickert/discord-webhook winterjung/split
    8398a7/action-slack abatilo/actions-poetry actions-rs/cargo actions-rs/toolchain
    actions-rust-lang/setup-rust-toolchain actions/cache actions/download-artifact actions/setup-dotnet
    actions/setup-go actions/setup-java actions/setup-node actions/setup-python actions/setup-ruby
    actions/upload-artifact arduino/setup-protoc astral-sh/ruff-action astral-sh/setup-uv
    awalsh128/cache-apt-pkgs-action battila7/get-version-action
    casperdcl/deploy-pypi chainguard-actions/pypa-gh-action-pypi-publish citation-file-format/cffconvert
    codecov/codecov-action conda-incubator/setup-miniconda coverallsapp/github-action
    crazy-max/ghaction-import-gpg dieghernan/cff-validator docker/build-push-action docker/login-action
    docker/metadata-action docker/setup-buildx-action docker/setup-docker-action docker/setup-qemu-action
    dtolnay/rust-toolchain eifinger/setup-rye elgohr/publish-docker-github-action extractions/setup-just
    gaurav-nelson/github-action-markdown-link-check hecrj/setup-rust-action hendrikmuhs/ccache-action
    hynek/build-and-inspect-python-package hynek/setup-cached-uv-tool ilammy/msvc-dev-cmd ilammy/setup-nasm
    jaxxstorm/action-install-gh-release jrubics/poetry-publish jwlawson/actions-setup-cmake lukka/get-cmake
    mamba-org/provision-with-micromamba mamba-org/setup-micromamba messense/maturin-action
    microsoft/setup-msbuild mikefarah/yq mozilla-actions/sccache-action msys2/setup-msys2 nick-fields/retry
    nick-invision/retry olegtarasov/get-tag oven-sh/setup-bun pdm-project/setup-pdm pnpm/action-setup
    pre-commit/action prefix-dev/setup-pixi psf/black py-actions/py-dependency-install pyo3/maturin-action
    pypa/cibuildwheel pypa/gh-action-pypi-publish ralfg/python-wheels-manylinux-build re-actors/alls-green
    rtcamp/action-slack-notify ruby/setup-ruby samuelcolvin/check-python-version seanmiddleditch/gha-setup-ninja
    slackapi/slack-github-action snapcore/action-build snapcore/action-publish snok/install-poetry
    sonarsource/sonarcloud-github-action step-security/gh-action-pypi-publish step-security/harden-runner
    swatinem/rust-cache taiki-e/install-action webfactory/ssh-agent
    actions-ecosystem/action-regex-match actions/create-github-app-token actions/upload-pages-artifact
    aws-actions/configure-aws-credentials chartboost/ruff-action codespell-project/actions-codespell crate-ci/typos
    docker/bake-action frabert/replace-string-action goanpeca/setup-miniconda google-github-actions/auth
    google-github-actions/setup-gcloud gr1n/setup-poetry hadolint/hadolint-action haya14busa/action-cond
    iterative/setup-cml iterative/setup-dvc jakebailey/pyright-action jurplel/install-qt-action
    knicknic/os-specific-run lycheeverse/lychee-action mindsers/changelog-reader-action mpi4py/setup-mpi
    paambaati/codeclimate-action py-actions/flake8 pypa/hatch ricardochaves/python-lint sebrollen/toml-action
    sonarsource/sonarqube-scan-action tibdex/github-app-token ts-graphviz/setup-graphviz tox-dev/action-pre-commit-uv
    wyrihaximus/github-action-get-previous-tag yezz123/setup-uv
    act10ns/slack archive/github-actions-slack arduino/setup-task asdf-vm/actions ashutoshvarma/setup-ninja
    aminya/setup-cpp apple-actions/import-codesign-certs awvwgk/setup-fortran azure/setup-helm azure/setup-kubectl
    bazel-contrib/setup-bazel bazelbuild/setup-bazelisk bsfishy/pip-action bufbuild/buf-setup-action
    cachix/cachix-action cachix/install-nix-action crazy-max/ghaction-chocolatey dart-lang/setup-dart
    dawidd6/action-send-mail denoland/setup-deno easimon/maximize-build-space egor-tensin/setup-clang
    egor-tensin/setup-mingw egor-tensin/vs-shell erlef/setup-beam excitedleigh/setup-nox
    fortran-lang/setup-fortran fregante/setup-git-user go-task/setup-task goto-bus-stop/setup-zig
    gradle/gradle-build-action haskell-actions/setup hashicorp/setup-terraform humbletim/install-vulkan-sdk
    isort/isort-action jakejarvis/wait-action jamescurtin/isort-action jdx/mise-action jimver/cuda-toolkit
    jlumbroso/free-disk-space julia-actions/setup-julia juliangruber/sleep-action kylemayes/install-llvm-action
    lukka/run-cmake lukka/run-vcpkg madhead/semver-utils maxim-lobanov/setup-xcode melusina-org/setup-macports
    mariamrf/py-package-publish-action mlugg/setup-zig modflowpy/install-gfortran-action nobrayner/discord-webhook
    notiz-dev/github-action-json-property nowsprinting/check-version-format-action pierotofy/set-swap-space
    pypa/gh-action-pip-audit r-lib/actions ravsamhq/notify-slack-action rickstaa/action-black
    s4u/setup-maven-action sarisia/actions-status-discord subosito/flutter-action
    taiki-e/setup-cross-toolchain-action tecolicom/actions-use-apt-tools
    voxmedia/github-action-slack-notify-build whelk-io/maven-settings-xml-action wntrblm/nox
    booxmedialtd/ws-action-parse-semver cbrgm/mastodon-github-action dawidd6/action-get-tag
    dopplerhq/secrets-fetch-action dschep/install-poetry-action ilshidur/action-slack mtkennerly/dunamai-action
    rzr/fediverse-action snow-actions/tweet
    1password/load-secrets-action al-cheb/configure-pagefile-action ammaraskar/sphinx-action anchore/scan-action
    aquaproj/aqua-installer aquasecurity/trivy-action aws-actions/amazon-ecr-login azure/docker-login azure/login
    baptiste0928/cargo-install bhowell2/github-substring-action browser-actions/setup-chrome
    cadair/matrix-notify-action cargo-bins/cargo-binstall christian-draeger/read-properties coactions/setup-xvfb
    craftech-io/slack-action crazy-max/ghaction-docker-buildx cygwin/cygwin-install-action
    dcarbone/install-jq-action dcarbone/install-yq-action deepakputhraya/action-branch-name depot/setup-action
    determinatesystems/nix-installer-action dschep/install-pipenv-action egor-tensin/setup-gcc
    emscripten-core/setup-emsdk endersonmenezes/free-disk-space falti/dotenv-action ffurrer2/extract-release-notes
    frenck/action-setup-yq gabrielbb/xvfb-action google-github-actions/upload-cloud-storage hashicorp/vault-action
    houseabsolute/actions-rust-cross hynek/setup-cached-uv install-pinned/twine install-pinned/uv
    jacobtomlinson/gha-find-replace jacobtomlinson/gha-read-env-file joerick/cibuildwheel joshmgross/get-date
    ludeeus/action-shellcheck mad9000/actions-find-and-replace-string matlab-actions/setup-matlab
    montudor/action-zip moonrepo/setup-rust mymindstorm/setup-emsdk nanasess/setup-chromedriver
    nixbuild/nix-quick-install-action papeloto/action-zip re-actors/checkout-python-sdist
    richarddavison/setup-protoc rlespinasse/github-slug-action sergeysova/jq-action shimataro/ssh-key-action
    simenb/github-actions-cpu-cores supercharge/redis-github-action thedoctor0/zip-release
    thomaseizinger/keep-a-changelog-new-release threeal/cmake-action tj-actions/branch-names
    tj-actions/verify-changed-files trim21/actions-rye vimtor/action-zip xu-cheng/latex-action
    """,
    ),
    (
        {"contents": "read"},
        """
    actions-ecosystem/action-get-latest-tag actions/checkout bruceadams/get-release cardinalby/git-get-release-action
    metcalfc/changelog-generator mukunku/tag-exists-action oprypin/find-latest-tag orhun/git-cliff-action
    pozetroninc/github-action-get-latest-release robinraju/release-downloader tj-actions/changed-files
    ardalanamini/auto-changelog bullrich/generate-release-changelog endbug/version-check gandarez/semver-action
    gittools/actions ietf-tools/semver-action loopwerk/tag-changelog paulhatch/semantic-version
    scottbrenner/generate-changelog-action tomerfi/version-bumper-action
    """,
    ),
    (
        {"contents": "write"},
        """
    aabutler/upload-release-assets actions/create-release actions/upload-release-asset ad-m/github-push-action
    aio-libs/create-release anothrnick/github-tag-action antonyurchenko/git-release author/action-rollback
    casperdcl/push-dir cb80/delrel comnoco/create-release-action dev-drprasad/delete-tag-and-release
    elgohr/github-release-action eloquent/github-release-action endbug/add-and-commit fnkr/github-action-ghr
    jamesives/github-pages-deploy-action mathieudutour/github-tag-action ncipollo/release-action
    peaceiris/actions-gh-pages rickstaa/action-create-tag shogo82148/actions-upload-release-asset
    skx/github-action-publish-binaries softprops/action-gh-release stefanzweifel/git-auto-commit-action
    svenstaro/upload-release-action taiki-e/create-gh-release-action taiki-e/upload-rust-binary-action
    xresloader/upload-to-github-release
    johnwbyrd/update-release meedamian/github-release tripss/conventional-changelog-action
    actions-js/push butlerlogic/action-autotag commitizen-tools/commitizen-action
    csexton/release-asset-action dropseed/changerelease jasonetco/upload-to-release klemensas/action-autotag
    phips28/gh-action-bump-version pkgdeps/git-tag-action python-semantic-release/publish-action
    python-semantic-release/upload-to-gh-release rhysd/changelog-from-release richardsimko/github-tag-action
    salsify/action-detect-and-tag-new-version tvdias/github-tagger
    actions-ecosystem/action-push-tag crazy-max/ghaction-github-pages rez0n/actions-github-release
    """,
    ),
    (
        {"contents": "write", "pull-requests": "read"},
        """
    marvinpinto/action-automatic-releases marvinpinto/actions mikepenz/release-changelog-builder-action
    release-drafter/release-drafter requarks/changelog-action
    """,
    ),
    (
        {"contents": "write", "pull-requests": "write"},
        """
    peter-evans/create-pull-request repo-sync/pull-request
    """,
    ),
    (
        {"contents": "write", "issues": "write", "pull-requests": "write"},
        """
    google-github-actions/release-please-action googleapis/release-please-action
    """,
    ),
    (
        {"attestations": "write", "contents": "read", "id-token": "write"},
        """
    actions/attest actions/attest-build-provenance actions/attest-sbom astral-sh/attest-action
    """,
    ),
    (
        {"contents": "write", "id-token": "write"},
        """
    sigstore/gh-action-sigstore-python
    """,
    ),
    (
        {"issues": "write", "pull-requests": "write"},
        """
    actions-ecosystem/action-add-labels marocchino/sticky-pull-request-comment peter-evans/create-or-update-comment
    thollander/actions-comment-pull-request
    """,
    ),
    (
        {"contents": "read", "issues": "read", "pull-requests": "read"},
        """
    heinrichreimer/action-github-changelog-generator heinrichreimer/github-changelog-generator-action
    janheinrichmerker/action-github-changelog-generator
    """,
    ),
    (
        {"issues": "write"},
        """
    peter-evans/create-issue-from-file trstringer/manual-approval
    """,
    ),
    (
        {"deployments": "write"},
        """
    bobheadxi/deployments chrnorm/deployment-action chrnorm/deployment-status
    """,
    ),
    (
        {"actions": "read", "contents": "write"},
        """
    anchore/sbom-action
    """,
    ),
    (
        {"actions": "read"},
        """
    dawidd6/action-download-artifact
    """,
    ),
    (
        {"actions": "write"},
        """
    aurelien-baudet/workflow-dispatch benc-uk/workflow-dispatch geekyeggo/delete-artifact
    styfle/cancel-workflow-action
    """,
    ),
    (
        {"contents": "write"},
        """
    peter-evans/repository-dispatch
    """,
    ),
    (
        {"checks": "read"},
        """
    fountainhead/action-wait-for-check lewagon/wait-on-check-action
    """,
    ),
    (
        {"id-token": "write", "pages": "write"},
        """
    actions/deploy-pages
    """,
    ),
    (
        {"pages": "read"},
        """
    actions/configure-pages
    """,
    ),
)


def _pairs() -> Iterator[tuple[str, Scopes]]:
    for scopes, names in _LISTS:
        yield from ((name, scopes) for name in names.split())


ACTIONS: Mapping[str, Scopes] = dict(_pairs())
"""`owner/repo` -> what it needs beyond nothing."""
