#!/usr/bin/env bash
# Debian's kernel, its modules and the virtual camera driver, fetched once into out/hil/kernel. Usage: fetch.sh
#
# Nothing is installed and nothing asks the network when the folder is complete: a run on a train is a run.
# Delete out/hil/kernel to move to a newer kernel.
#
# It leaves there:
#   version            6.1.0-…-amd64
#   vmlinux            the kernel as an unpacked ELF file
#   lib/modules/…      every module of the package
#   v4l2loopback.ko    a camera that shows what a program writes into it
set -euo pipefail
cd "$(dirname "$0")/../.."
into=out/hil/kernel
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo

[ ! -e $into/complete ] || { echo "fetch: kernel $(cat $into/version) is there"; exit 0; }
rm -rf $into && mkdir -p $into
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# A fresh container knows no packages until it is told to look.
apt-cache show linux-image-amd64 >/dev/null 2>&1 || $sudo apt-get update -q
# The exact name: a pattern would fetch every kernel of the archive.
image=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
version=${image#linux-image-}
echo "fetch: kernel $version (about 70 MB)"

# Unpacked beside the system, so that this machine keeps the kernel it runs on and nobody has to be root.
# The sandbox user of apt cannot write into a private folder.
(cd "$work" && apt-get download -q -o APT::Sandbox::User="$(id -un)" "$image" v4l2loopback-dkms)
dpkg -x "$work/$image"_*.deb "$work/kernel"
dpkg -x "$work"/v4l2loopback-dkms_*.deb "$work/loopback"
mv "$work/kernel/lib" $into/

# QEMU enters an ELF kernel directly; a packed one would unpack itself in emulation, which is half of the time to boot.
python3 - "$work/kernel/boot/vmlinuz-$version" $into/vmlinux <<'PY'
import lzma, sys
packed = open(sys.argv[1], "rb").read()
begin = packed.find(b"\xfd7zXZ\0")
if begin < 0:
    sys.exit("fetch: the kernel is not packed with xz, so this script has to learn its new packing")
kernel = lzma.LZMADecompressor().decompress(packed[begin:])
if kernel[:4] != b"\x7fELF":
    sys.exit("fetch: what was packed in the kernel is no ELF file")
open(sys.argv[2], "wb").write(kernel)
PY

# Debian ships the virtual camera only as source. dkms would build it for the running kernel, so it is compiled by hand.
headers=linux-headers-$version
dpkg -s "$headers" >/dev/null 2>&1 || DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends "$headers"
source=$(echo "$work"/loopback/usr/src/v4l2loopback-*)
if ! make -s -C "/usr/src/$headers" M="$source" modules >"$work/make.log" 2>&1; then
	tail -20 "$work/make.log" >&2
	echo "fetch: v4l2loopback does not compile against $headers" >&2
	exit 1
fi
strip -g "$source/v4l2loopback.ko" -o $into/v4l2loopback.ko

echo "$version" >$into/version
touch $into/complete
echo "fetch: kernel $version is in $into"
