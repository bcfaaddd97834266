# make demo · test · hil · fuzz · lint · bench · field. Each target installs the Debian packages and cargo tools it lacks.

SHELL := /bin/bash
.DELETE_ON_ERROR:
CARGO ?= cargo
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Everything that links Slint is built with one set of features, so that it is built once.
DEMO := --features kiosk/demo,drivers/probe

BUILD_PACKAGES := build-essential pkg-config libclang-dev libfontconfig-dev libgbm-dev libinput-dev libudev-dev libxkbcommon-dev \
	fonts-inter fonts-noto-core fonts-dejavu-core
# Devices of other people that our drivers are tried against, and programs that read what they make.
DEVICE_PACKAGES := sane-utils sane-airscan cups-ipp-utils qpdf poppler-utils tesseract-ocr tesseract-ocr-ind
TEST_PACKAGES := age dbus-daemon python3-venv strace $(DEVICE_PACKAGES)
# What winit loads at run time to open a window on X11.
WINDOW_PACKAGES := libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libxrandr2
# A virtual machine, what its system is made of, and what compiles the virtual camera and the far end of a USB cable.
HIL_PACKAGES := qemu-system-x86 busybox-static udev kmod v4l-utils libinput-bin xkb-data ca-certificates cpio xz-utils python3
BENCH_PACKAGES := chromium strace xvfb $(WINDOW_PACKAGES)

# $(call install,PACKAGES): asks dpkg first, so that a machine that has everything needs no network and no root.
define install
	@missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing:" $$missing; \
		$(SUDO) apt-get update -q && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$missing; fi
endef

# Readers of other people for the paper of our simulated printer: an ESC/POS decoder that asks for a newer compiler than it needs,
# and a QR reader from PyPI. Without a network the tests that use them say so.
define foreign_readers
	@$(CARGO) build -q --locked --ignore-rust-version --manifest-path drivers/tests/decoder/Cargo.toml --target-dir out/tools/decoder || echo "test: no foreign decoder"
	@test -x out/tools/zxing/bin/python || (python3 -m venv out/tools/zxing && out/tools/zxing/bin/pip install -q zxing-cpp pillow) || echo "test: no foreign QR reader"
endef

.PHONY: demo test hil fuzz lint bench field packages

demo:
	$(call install,$(BUILD_PACKAGES) $(WINDOW_PACKAGES))
	@echo "demo: building the kiosk, central and the bench (about ten minutes the first time on two cores) ..."
	$(CARGO) build -p kiosk --features demo --bin klampid-demo
	@echo "demo: running ..."
	$(CARGO) run -q -p kiosk --features demo --bin klampid-demo

test:
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))
	@$(CARGO) nextest --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-nextest
	@echo "test: pure crates first"
	$(CARGO) nextest run -p wire -p catalogue -p flow
	@echo "test: everything"
	$(foreign_readers)
	$(CARGO) nextest run --workspace $(DEMO)
	@echo "test: the field program holds no simulator"
	$(CARGO) build -p kiosk --bin klampid-kiosk
	./tests/no_simulator.sh target/debug/klampid-kiosk

# The drivers and the kiosk inside a virtual machine with real USB cables, cameras and a screen. The programs are those of
# `make test`, built with its features, so that nothing is built twice.
hil:
	$(call install,$(BUILD_PACKAGES) $(HIL_PACKAGES))
	@echo "hil: building ..."
	$(CARGO) build --workspace $(DEMO) --example hil_guest --bin klampid-camera
	$(CARGO) build -p kiosk --bin klampid-kiosk
	./tests/hil/run.sh target/debug

# Every fuzz target, FUZZ_SECS each; on stable Rust.
FUZZ_SECS := 600
fuzz:
	@$(CARGO) fuzz --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-fuzz
	@for target in $$($(CARGO) fuzz list); do \
		echo "fuzz: $$target"; mkdir -p fuzz/corpus/$$target; \
		$(CARGO) fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- -max_total_time=$(FUZZ_SECS) -timeout=30 || exit 1; done

lint:
	$(call install,$(BUILD_PACKAGES))
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets $(DEMO) -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items $(DEMO)
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check licenses bans sources
	@typos --version >/dev/null 2>&1 || $(CARGO) install --locked typos-cli
	typos

bench:
	$(call install,$(BUILD_PACKAGES) $(BENCH_PACKAGES))
	$(CARGO) build --release -p kiosk --bin klampid-kiosk
	@# The next build leaves a program with the bench's devices under the same name.
	mkdir -p out && cp target/release/klampid-kiosk out/klampid-kiosk-field
	./tests/no_simulator.sh out/klampid-kiosk-field
	KLAMPID_FIELD_BINARY=$(CURDIR)/out/klampid-kiosk-field $(CARGO) bench -p kiosk --features demo --bench figures

# What is installed in an office.
field:
	$(call install,$(BUILD_PACKAGES))
	$(CARGO) build --release -p kiosk -p drivers --features drivers/probe --bin klampid-kiosk --bin klampid-camera --bin klampid-probe
	$(CARGO) build --release -p central --bin klampid-central
	./tests/no_simulator.sh target/release/klampid-kiosk
