//! `klampid-probe` as a technician and as a script meet it: words, JSON, files, and exit codes, against simulated devices on real
//! wires.

mod common;

use common::{Desk, PATIENCE, desk, profile_path, qr_page, text_page};
use drivers::ocr::Ocr;
use drivers::picture::encode_page;
use drivers::sim::escl::{Model, SimEscl};
use drivers::sim::imager::SimSerialImager;
use drivers::sim::sheet::SimSheetPrinter;
use drivers::status::{CommandResult, TABLE};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The user without rights that every Debian has.
const NOBODY: u32 = 65_534;

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(self.out.trim()).unwrap_or_else(|fault| panic!("{fault}: {} {}", self.out, self.err))
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klampid-probe"));
    command.args(words).stdin(Stdio::null());
    command
}

fn ran(mut command: Command) -> Said {
    let output = command.output().expect("the program was built beside this test");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the tool writes UTF-8");
    Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn probe(words: &[&str]) -> Said {
    ran(command(words))
}

fn serial(desk: &Desk) -> String {
    format!("serial:{}", desk.bench.printer.path().display())
}

fn epson() -> String {
    profile_path("epson-tm-t82").display().to_string()
}

fn folder_with(name: &str, bytes: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("the folder is ours");
    (folder, path.display().to_string())
}

fn jpeg(page: &drivers::picture::RgbPage) -> Vec<u8> {
    encode_page(page, 2_000_000).expect("a test page fits").jpeg
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())).permissions().mode() & 0o777
}

#[test]
fn a_well_printer_reads_the_same_for_people_and_for_programs() {
    let desk = desk(576);
    let device = serial(&desk);
    let people = probe(&["status", &device, "--profile", &epson()]);
    let golden = format!(
        "printer struk {device}\n  ketersediaan: siap dipakai\n  alat:         tersambung\n  tindakan:     tidak perlu apa-apa, oleh: –\n  \
         profil:       Epson TM-T82\n  tidak ada keadaan khusus\n"
    );
    assert_eq!((people.code, people.out.as_str(), people.err.as_str()), (0, golden.as_str(), ""));
    let programs = probe(&["--json", "status", &device, "--profile", &epson()]);
    assert_eq!(
        programs.json(),
        json!({
            "command": "status", "result": "success", "exit_code": 0, "device": device, "kind": "printer", "availability": "ready",
            "device_state": "online", "action": "none", "actor": "nobody", "profile": "Epson TM-T82", "conditions": [],
        })
    );
}

#[test]
fn missing_paper_is_for_staff_and_has_its_own_exit_code() {
    let desk = desk(576);
    desk.bench.printer.paper_out();
    let device = serial(&desk);
    let people = probe(&["status", &device, "--profile", &epson()]);
    assert_eq!(people.code, 15, "{}", people.out);
    assert!(people.out.contains("P-12 henti, petugas\n       petugas: Kertas struk habis."), "{}", people.out);
    let programs = probe(&["status", &device, "--profile", &epson(), "--json"]).json();
    assert_eq!((&programs["result"], &programs["exit_code"]), (&json!("userError"), &json!(15)));
    assert_eq!((&programs["conditions"][0]["code"], &programs["conditions"][0]["actor"]), (&json!("P-12"), &json!("staff")));
    let printed = probe(&["print", &device, "test", "--profile", &epson(), "--json"]);
    let facts = printed.json();
    assert_eq!((printed.code, &facts["outcome"], &facts["paper_mm"]), (15, &json!("notPrinted"), &json!(0)), "{facts}");
    assert!(desk.bench.printer.papers().is_empty());
}

#[test]
fn a_test_page_is_printed_and_its_paper_counted() {
    let desk = desk(576);
    let said = probe(&["print", &serial(&desk), "test", "--profile", &epson()]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(said.out.contains("TERCETAK (") && said.out.contains("kertas terpakai: "), "{}", said.out);
    let papers = desk.bench.printer.papers();
    assert!(papers.iter().any(|paper| paper.text.contains("UJI PRINTER")), "{papers:?}");
    let text = probe(&["print", &serial(&desk), "Halo teknisi", "--profile", &epson(), "--json"]);
    assert!(text.json()["paper_mm"].as_u64().is_some_and(|mm| (5..200).contains(&mm)), "{}", text.out);
    assert!(desk.bench.printer.papers().iter().any(|paper| paper.text.contains("Halo teknisi")));
}

#[test]
fn a_model_that_cannot_confirm_is_unknown_and_not_a_success() {
    let desk = desk(384);
    let profile = profile_path("pos-58").display().to_string();
    let said = probe(&["print", &serial(&desk), "Halo", "--profile", &profile, "--json"]);
    let facts = said.json();
    assert_eq!((said.code, &facts["outcome"]), (16, &json!("unknown")), "{facts}");
}

#[test]
fn ctrl_c_while_a_slip_waits_for_its_confirmation_is_unknown() {
    let desk = desk(576);
    desk.bench.printer.never_confirm(true);
    let child = command(&["print", &serial(&desk), "test", "--profile", &epson(), "--json"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    assert!(desk.bench.printer.wait_for_paper(1, PATIENCE), "the slip comes out");
    interrupt(&child);
    let output = child.wait_with_output().expect("the program ends");
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&output.stdout)));
    assert_eq!((output.status.code(), &facts["outcome"], &facts["result"]), (Some(10), &json!("unknown"), &json!("canceled")), "{facts}");
}

#[test]
fn ctrl_c_ends_a_wait_for_a_code() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let sim = SimSerialImager::start(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let child = command(&["decode", &format!("reader-serial:{}", sim.path().display()), "--json"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    // Once the port is held, the program listens to ctrl-c, too.
    let port = std::fs::canonicalize(sim.path()).expect("the port is there");
    let holds = || {
        std::fs::read_dir(format!("/proc/{}/fd", child.id())).into_iter().flatten().flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to == port))
    };
    let end = Instant::now() + PATIENCE;
    while !holds() && Instant::now() < end {
        std::thread::yield_now();
    }
    interrupt(&child);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(10), "{}", String::from_utf8_lossy(&output.stdout));
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).expect("the program runs");
}

#[test]
fn a_watch_tells_changes_in_order_until_ctrl_c() {
    let desk = desk(576);
    let mut child =
        command(&["status", &serial(&desk), "--watch", "--json", "--profile", &epson()]).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it was asked for")).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().expect("the watch goes on").expect("it is a pipe")).expect("each line is JSON") };
    let mut sequence = 0;
    let mut until = |next: &mut dyn FnMut() -> Value, level: fn(&Value) -> bool| {
        for _ in 0..50 {
            let change = next();
            sequence += 1;
            assert_eq!(change["sequence"], json!(sequence), "{change}");
            if level(&change) {
                return;
            }
        }
        panic!("fifty changes and not the one");
    };
    until(&mut next, |change| change["availability"] == json!("ready"));
    desk.bench.printer.open_cover(true);
    until(&mut next, |change| change["conditions"][0]["code"] == json!("P-21"));
    interrupt(&child);
    let last = next();
    assert_eq!((&last["result"], &last["exit_code"]), (&json!("userError"), &json!(15)), "{last}");
    assert_eq!(child.wait().expect("the program ends").code(), Some(15));
}

#[test]
fn devices_that_are_away_are_away() {
    let nowhere = profile_path("epson-tm-t82").display().to_string();
    for device in [
        "serial:/dev/serial/by-id/klampid-nowhere",
        "tcp:127.0.0.1:1",
        "camera:/dev/v4l/by-id/klampid-nowhere",
        "folder:/klampid-nowhere",
        "escl:http://127.0.0.1:1/eSCL",
        "ipp://127.0.0.1:1/ipp/print",
        "reader-serial:/dev/serial/by-id/klampid-nowhere",
        "reader-keys:/dev/input/by-id/klampid-nowhere",
    ] {
        let said = probe(&["status", device, "--json", "--profile", &nowhere]);
        assert_eq!(said.code, 12, "{device}: {} {}", said.out, said.err);
        assert_eq!(said.json()["result"], json!("deviceNotReady"), "{device}");
    }
    for words in [&["grab", "camera:/dev/klampid-nowhere", "out.jpg"][..], &["decode", "reader-keys:/dev/input/klampid-nowhere"]] {
        assert_eq!(probe(words).code, 12, "{words:?}");
    }
}

#[test]
fn a_port_that_this_user_may_not_open_is_for_a_technician() {
    let desk = desk(576);
    let folder = desk.folder.path();
    let open = |path: &Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("it is ours");
    open(folder);
    let (program, profile) = (folder.join("klampid-probe"), folder.join("profile.toml"));
    std::fs::copy(env!("CARGO_BIN_EXE_klampid-probe"), &program).expect("there is room");
    std::fs::copy(profile_path("epson-tm-t82"), &profile).expect("there is room");
    open(&program);
    open(&profile);
    let mut command = Command::new(&program);
    command.args(["status", &serial(&desk), "--profile"]).arg(&profile).arg("--json").current_dir("/");
    let port = std::fs::canonicalize(desk.bench.printer.path()).expect("the port is there");
    std::fs::set_permissions(port, PermissionsExt::from_mode(0o600)).expect("the port is ours");
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    } else {
        let port = std::fs::canonicalize(desk.bench.printer.path()).expect("the port is there");
        std::fs::set_permissions(port, PermissionsExt::from_mode(0o000)).expect("the port is ours");
    }
    let said = ran(command);
    assert_eq!(said.code, 21, "{} {}", said.out, said.err);
    assert_eq!(said.json()["conditions"][0]["code"], json!("L-14"));
}

#[test]
fn what_is_wrong_on_the_command_line_is_named_with_an_example() {
    let picture = folder_with("kosong.png", b"").1;
    let (_folder, profile) = folder_with("profile.toml", b"name = \"X\"\nwarna = 3\n");
    let table: [(&[&str], &str); 17] = [
        (&[], "Sebutkan satu perintah"),
        (&["cetak"], "\"cetak\" tidak dikenal"),
        (&["list", "--semua"], "\"--semua\" tidak dikenal"),
        (&["status"], "Kurang: <ALAT>"),
        (&["status", "/dev/ttyUSB0"], "Contoh: serial:/dev/serial"),
        (&["status", "serial:ttyUSB0"], "bukan jalur penuh. Contoh: serial:/dev/"),
        (&["status", "usb:epson"], "usb:04b8:0e15"),
        (&["status", "tcp:printer:9100:1"], "Contoh: tcp:192.168.1.50:9100"),
        (&["status", "escl:192.168.1.60"], "Contoh: escl:http://"),
        (&["status", "ipp://a:b@c/"], "Contoh: ipp://"),
        (&["status", "serial:/dev/ttyUSB0"], "--profile config/printers/"),
        (&["print", "camera:/dev/video0", "test"], "tidak untuk kamera"),
        (&["grab", "serial:/dev/ttyUSB0", "x.jpg"], "tidak untuk printer struk"),
        (&["scan", "folder:.", "--pages", "3", "--out", "x.jpg"], "perlu %d"),
        (&["scan", "folder:.", "--pages", "0"], "Nilai \"0\""),
        (&["decode", &picture], "Contoh: "),
        (&["status", "serial:/dev/ttyUSB0", "--profile", &profile], "profile.toml:2: unknown field `warna`"),
    ];
    for (words, part) in table {
        let said = probe(words);
        assert_eq!(said.code, 1, "{words:?}: {} {}", said.out, said.err);
        assert!(said.err.contains(part), "{words:?}: {}", said.err);
        assert_eq!(said.out, "", "{words:?}");
    }
    let programs = probe(&["status", "com:1", "--json"]);
    assert_eq!((programs.code, &programs.json()["result"], programs.err.as_str()), (1, &json!("wrongCommandLine"), ""));
}

#[test]
fn the_help_explains_every_exit_code_and_hides_what_is_not_for_people() {
    let said = probe(&["--help"]);
    assert_eq!(said.code, 0);
    for result in CommandResult::ALL {
        let code = format!("{:>2} ", result.exit_code());
        assert!(said.out.contains(&code), "{result:?}: {code}");
    }
    assert!(!said.out.contains("camera-child") && said.out.contains("read-number"), "{}", said.out);
    assert!(probe(&["scan", "--help"]).out.contains("--pages"));
}

#[test]
fn the_table_of_conditions_is_whole() {
    assert_eq!(probe(&["conditions", "--json"]).json()["conditions"].as_array().map(Vec::len), Some(TABLE.len()));
    let markdown = probe(&["conditions", "--markdown"]).out;
    assert_eq!(markdown.lines().count(), TABLE.len() + 2);
    assert!(markdown.starts_with("| Kode | Berat | Siapa | Petugas membaca | Teknisi membaca |\n| --- |"));
    assert!(TABLE.iter().all(|row| markdown.contains(&format!("| {} | {} |", row.staff, row.technician))));
    assert_eq!(probe(&["conditions"]).out.lines().count(), 3 * TABLE.len());
}

#[test]
fn pages_of_a_network_scanner_become_files_that_only_their_owner_reads() {
    let sim = SimEscl::start(Model::generic()).expect("the loopback has a free port");
    for _ in 0..2 {
        sim.feed(&text_page(), None);
    }
    let device = format!("escl:{}", sim.url());
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let out = folder.path().join("halaman-%d.jpg").display().to_string();
    let said = probe(&["scan", &device, "--pages", "5", "--out", &out, "--coach", "a4", "--json"]);
    let facts = said.json();
    assert_eq!((said.code, facts["pages"].as_array().map(Vec::len)), (0, Some(2)), "{facts}");
    assert!(facts["pages"][0]["coach"]["findings"].is_array(), "{facts}");
    for number in 1..=2 {
        assert_eq!(mode(&folder.path().join(format!("halaman-{number}.jpg"))), 0o600);
    }
    sim.lay_on_glass(&text_page());
    let pdf = folder.path().join("berkas.pdf");
    let said = probe(&["scan", &device, "--pdf", &pdf.display().to_string(), "--byte-max", "300000", "--coach", "any"]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(said.out.contains("  gambar: ") && said.out.contains("PDF: "), "{}", said.out);
    let bytes = std::fs::read(&pdf).expect("it was written");
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() <= 300_000);
    sim.jam(true);
    let jammed = probe(&["scan", &device, "--source", "feeder"]);
    assert_eq!(jammed.code, 15, "{} {}", jammed.out, jammed.err);
    assert!(jammed.err.contains("S-12: Kertas tersangkut di pemindai."), "{}", jammed.err);
}

#[test]
fn an_empty_tray_asks_the_person_in_front() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let device = format!("folder:{}", folder.path().display());
    let empty = probe(&["status", &device, "--json"]);
    assert_eq!((empty.code, &empty.json()["conditions"][0]["actor"]), (0, &json!("resident")), "{}", empty.out);
    assert_eq!(probe(&["scan", &device]).code, 15);
}

#[test]
fn a_payload_is_shown_only_on_request() {
    let secret = "KLP1:SBY:0426-7K2M-9XQ4-3";
    let (_folder, path) = folder_with("kode.jpg", &jpeg(&qr_page(secret.as_bytes(), 6)));
    let device = format!("file:{path}");
    let hidden = probe(&["decode", &device]);
    assert_eq!(hidden.code, 0, "{}", hidden.err);
    assert!(hidden.out.starts_with("kode QR, 25 byte, sidik ") && !hidden.out.contains(secret), "{}", hidden.out);
    let facts = probe(&["decode", &device, "--json"]).json();
    assert_eq!((&facts["codes"][0]["bytes"], &facts["codes"][0]["payload"]), (&json!(25), &Value::Null), "{facts}");
    assert_eq!(facts["codes"][0]["fingerprint"].as_str().map(str::len), Some(8));
    assert_eq!(probe(&["decode", &device, "--show", "--json"]).json()["codes"][0]["payload"], json!(secret));
    let (_folder, blank) = folder_with("kosong.jpg", &jpeg(&text_page()));
    assert_eq!(probe(&["decode", &format!("file:{blank}")]).code, 18);
}

#[test]
fn a_code_from_a_cable_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder is there on any test machine");
    let sim = SimSerialImager::start(folder.path()).unwrap_or_else(|fault| panic!("{fault}"));
    let device = format!("reader-serial:{}", sim.path().display());
    let mut child = command(&["decode", &device, "--show", "--json"]).stdout(Stdio::piped()).spawn().expect("the program starts");
    let end = Instant::now() + PATIENCE;
    while child.try_wait().expect("it is ours").is_none() && Instant::now() < end {
        sim.show(b"KLP1:SBY:0426");
        std::thread::park_timeout(Duration::from_millis(300));
    }
    let output = child.wait_with_output().expect("the program ends");
    let facts: Value = serde_json::from_slice(&output.stdout).expect("it says JSON");
    assert_eq!((output.status.code(), &facts["codes"][0]["payload"]), (Some(0), &json!("KLP1:SBY:0426")), "{facts}");
}

#[test]
fn a_sheet_is_followed_to_its_end() {
    let sim = SimSheetPrinter::start().expect("the loopback has a free port");
    let (_folder, pdf) = folder_with("surat.pdf", b"%PDF-1.4\n%%EOF\n");
    let said = probe(&["sheet", &sim.uri(), &pdf, "--json"]);
    assert_eq!((said.code, &said.json()["outcome"]), (0, &json!("printed")), "{} {}", said.out, said.err);
    sim.takes_formats(&["image/jpeg"]);
    let refused = probe(&["sheet", &sim.uri(), &pdf]);
    assert_eq!(refused.code, 17, "{} {}", refused.out, refused.err);
    assert!(refused.out.contains("TIDAK TERCETAK"), "{}", refused.out);
    sim.say("media-empty-error", true);
    let status = probe(&["status", &sim.uri(), "--json"]);
    assert_eq!((status.code, &status.json()["conditions"][0]["code"]), (15, &json!("A-11")), "{}", status.out);
}

#[test]
fn a_number_is_compared_and_never_repeated() {
    let white = drivers::picture::RgbPage::new(600, 800, vec![250; 600 * 800 * 3]).expect("the picture has its own size");
    let (_folder, page) = folder_with("halaman.jpg", &jpeg(&white));
    let said = probe(&["read-number", &page, "3578010101900000", "--batas-detik", "60"]);
    let expected = if Ocr::default().is_present() { 17 } else { 16 };
    assert_eq!(said.code, expected, "{} {}", said.out, said.err);
    assert!(!said.out.contains("3578") && !said.err.contains("3578"));
    assert_eq!(probe(&["read-number", &page, "12"]).code, 1);
}

#[test]
fn a_list_names_every_part_even_where_nothing_is() {
    let began = Instant::now();
    let said = probe(&["list", "--cari-detik", "1", "--batas-detik", "15", "--json"]);
    let facts = said.json();
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    for part in ["serial", "usb_printers", "cameras", "keyboards", "sane", "escl", "ipp", "problems"] {
        assert!(facts[part].is_array(), "{part}: {facts}");
    }
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    let people = probe(&["list", "--cari-detik", "0"]);
    assert!(people.out.contains("Kamera:\n") && !people.out.contains("eSCL"), "{}", people.out);
}

#[test]
fn the_camera_process_is_there_and_refuses_wrong_arguments() {
    assert_eq!(probe(&["camera-child"]).code, 64);
    let gone = PathBuf::from("/dev/klampid-nowhere").display().to_string();
    // The parent's end of its input stays open: a parent that goes away is another way to end.
    let mut child =
        command(&["camera-child", &gone]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().expect("our own program starts");
    let held = child.stdin.take();
    let ended = child.wait().expect("it ends by itself");
    assert_eq!(ended.code(), Some(1), "without a word");
    drop(held);
}
