#!/usr/bin/env bash
# Builds TARGET and packs it into dist/waterline-VERSION-TARGET.tar.gz: one format for all systems,
# because each of them has tar. Checksums are written once, for all files, where they are attested.
set -euo pipefail

: "${TARGET:?}" "${VERSION:?}"

case $TARGET in
    *-linux-musl)
        # A static binary needs musl's C compiler too, for the C inside aws-lc and SQLite.
        if ! command -v musl-gcc >/dev/null; then
            sudo apt-get -qq update
            sudo apt-get -qq install --yes --no-install-recommends musl-tools
        fi
        variable=${TARGET//-/_}
        export "CC_$variable=musl-gcc" "CARGO_TARGET_${variable^^}_LINKER=musl-gcc"
        ;;
    *-windows-*)
        # The assembler's output comes with the crate; NASM is not needed.
        export AWS_LC_SYS_PREBUILT_NASM=1
        ;;
esac

rustup target add "$TARGET"
cargo build --release --locked --target "$TARGET" --bin waterline

binary=target/$TARGET/release/waterline
[ -f "$binary" ] || binary+=.exe
# A binary that cannot say its version is not released.
"$binary" --version | tee /dev/stderr | grep --quiet --fixed-strings "$VERSION"

name=waterline-$VERSION-$TARGET
mkdir -p "dist/$name"
cp "$binary" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "dist/$name/"
tar -C dist -czf "dist/$name.tar.gz" "$name"
rm -r "dist/$name"
