//! The rungs: every paper on its desks, with one harm at a time in steps from harmless to hopeless, and a few together.
//!
//! The rule a newcomer would break: a step says how it harms, never what the coach should answer; the label follows from
//! `label.rs`, but for the few cases whose fault is not in the picture's quality (empty desk, wrong paper, wrong side).

use super::Sheet;
use super::desk::{CAMERA_DESKS, Desk};
use super::dice::Dice;
use super::harm::{HandShadow, Harm, Spot};
use super::label::{Label, label};
use super::scene::{Drawn, Pose, Scene};
use crate::coach::{Expected, Finding, Origin, Shape, Side};
use crate::picture::RgbPage;
use std::collections::HashMap;
use std::sync::Arc;

/// One picture to be drawn, with its label.
pub struct Case {
    /// Paper, desk, fault and step.
    pub name: String,
    pub expected: Expected,
    pub label: Label,
    /// The findings of which one names the fault.
    pub fault: Vec<Finding>,
    pub view: (u32, u32),
    paper: Option<Arc<Drawn>>,
    desk: Desk,
    pose: Pose,
    harm: Harm,
    seed: u64,
}

impl Case {
    fn scene(&self) -> Scene<'_> {
        Scene { paper: self.paper.as_deref(), desk: self.desk, view: self.view, pose: self.pose, harm: self.harm, seed: self.seed }
    }

    /// Draws it.
    pub fn picture(&self) -> RgbPage {
        self.scene().picture()
    }

    /// Where the reflection is, in shares of the picture.
    pub fn glare_middle(&self) -> Option<(f32, f32)> {
        self.harm.glare.map(|spot| (spot.x, spot.y))
    }

    /// How far the paper lies from the middle, in shares of the picture.
    pub fn shift(&self) -> (f32, f32) {
        self.pose.shift
    }

    /// The drawn corners, when the whole paper is in the picture and desk is around it.
    pub fn whole_corners(&self) -> Option<[(f32, f32); 4]> {
        let corners = self.scene().corners()?;
        let inside = |(x, y): &(f32, f32)| (1.0..self.view.0 as f32 - 1.0).contains(x) && (1.0..self.view.1 as f32 - 1.0).contains(y);
        corners.iter().all(inside).then_some(corners)
    }
}

/// Two megapixels, the way a camera over a desk is turned.
const UPRIGHT: (u32, u32) = (1224, 1632);
const LYING: (u32, u32) = (1632, 1224);
/// A4 at 150 dpi.
const SCAN: (u32, u32) = (1240, 1754);

struct Rungs {
    seed: u64,
    cases: Vec<Case>,
    drawn: HashMap<Sheet, Arc<Drawn>>,
}

/// All cases of a seed.
pub fn cases(seed: u64) -> Vec<Case> {
    let mut rungs = Rungs { seed, cases: Vec::new(), drawn: HashMap::new() };
    for sheet in [Sheet::Letter, Sheet::Form, Sheet::FamilyTable, Sheet::CardFront] {
        rungs.harms(sheet);
    }
    rungs.wrong_papers();
    rungs.scans();
    rungs.cases
}

impl Rungs {
    fn drawn(&mut self, sheet: Sheet) -> Arc<Drawn> {
        Arc::clone(self.drawn.entry(sheet).or_insert_with(|| Arc::new(sheet.draw(self.seed))))
    }

    fn harms(&mut self, sheet: Sheet) {
        let paper = self.drawn(sheet);
        let view = if matches!(sheet, Sheet::Letter | Sheet::Form) { UPRIGHT } else { LYING };
        let expected = if sheet.is_card() { Expected { shape: Shape::Card, side: Some(Side::Front), from: Origin::Camera } } else { camera(Shape::A4) };
        let share = if sheet.is_card() { 0.62 } else { 0.93 };
        let base = Pose { share, ..Pose::STRAIGHT };
        // Height of small letters in the middle of an unharmed picture, so that steps of blur are steps of legibility.
        let letter_px = {
            let scene = Scene { paper: Some(&paper), desk: Desk::DarkWood, view, pose: base, harm: Harm::NONE, seed: 0 };
            let px_per_mm = scene.corners().map_or(1.0, |c| (c[1].0 - c[0].0).hypot(c[1].1 - c[0].1) / paper.size_mm.0);
            paper.words.iter().map(|word| word.x_height_mm).fold(f32::MAX, f32::min) * px_per_mm
        };
        let mut dice = Dice::of(self.seed, &format!("{sheet:?}"));
        let mut add = |what: &str, step: f32, fault: &[Finding], change: &dyn Fn(&mut Pose, &mut Harm, &mut Dice)| {
            let desk = *dice.pick(&CAMERA_DESKS);
            let (mut pose, mut harm) = (base, Harm::NONE);
            pose.turn_deg = dice.between(-3.0, 3.0);
            pose.share = share * dice.between(0.93, 1.0);
            change(&mut pose, &mut harm, &mut dice);
            let name = format!("{sheet:?} on {desk:?}, {what} {step}");
            self.push(name, Some(Arc::clone(&paper)), desk, view, pose, harm, expected, fault);
        };
        for step in 0..8 {
            add("as it should be", step as f32, &[], &|_, _, _| {});
        }
        for step in [0.06, 0.11, 0.14, 0.2, 0.24, 0.31, 0.4, 0.6, 0.9] {
            add("blur", step, &[Finding::Blurred], &|_, harm, _| harm.blur_sigma_px = step * letter_px);
        }
        for step in [0.2, 0.4, 0.7, 1.2, 1.8, 3.0] {
            add("movement", step, &[Finding::Blurred], &|_, harm, dice| harm.motion = (step * letter_px, dice.between(0.0, 180.0)));
        }
        for step in [0.8, 0.6, 0.48, 0.32, 0.18, 0.1, 0.05] {
            add("light", step, &[Finding::TooDark], &|_, harm, _| (harm.gain, harm.noise) = (step, 2.5));
        }
        for step in [50.0, 100.0, 140.0, 180.0, 222.0, 235.0, 245.0] {
            add("veil", step, &[Finding::TooBright], &|_, harm, _| harm.veil = step);
        }
        for step in [0.02, 0.04, 0.08, 0.13, 0.2] {
            let spot = |x, y| Some(Spot { x, y, radius_x: step, radius_y: step * 0.7, strength: 420.0 });
            add("glare on print", step, &[Finding::Glare], &|_, harm, dice| harm.glare = spot(dice.between(0.35, 0.6), dice.between(0.35, 0.6)));
            add("glare beside", step, &[Finding::Glare], &|_, harm, dice| harm.glare = spot(dice.between(0.93, 0.99), *dice.pick(&[0.02, 0.98])));
        }
        for step in [0.025, 0.05, 0.1, 0.2, 0.3] {
            add("cropped", step, &[Finding::Cropped], &|pose, _, dice| {
                // The middle goes to where the paper's side lies outside by the step.
                let scene = Scene { paper: Some(&paper), desk: Desk::DarkWood, view, pose: *pose, harm: Harm::NONE, seed: 0 };
                let c = scene.corners().unwrap_or_default();
                let size = ((c[1].0 - c[0].0).abs() / view.0 as f32, (c[3].1 - c[0].1).abs() / view.1 as f32);
                let (out_x, out_y) = ((1.0 - size.0) / 2.0 + size.0 * step, (1.0 - size.1) / 2.0 + size.1 * step);
                pose.shift = *dice.pick(&[(out_x, 0.0), (-out_x, 0.0), (0.0, out_y), (0.0, -out_y)]);
            });
        }
        for step in [0.97, 0.985] {
            add("near the border", step, &[], &|pose, _, _| (pose.share, pose.turn_deg) = (step, 0.0));
        }
        for step in [6.0, 13.0, 20.0, 29.0, 36.0, 45.0] {
            add("turned", step, &[Finding::Tilted, Finding::Cropped, Finding::TooFar], &|pose, _, dice| pose.turn_deg = step * *dice.pick(&[-1.0, 1.0]));
        }
        for step in [8.0, 15.0, 22.0, 32.0, 45.0, 56.0] {
            let fault = [Finding::Tilted, Finding::TooFar, Finding::Blurred];
            add("leaning back", step, &fault, &|pose, _, _| pose.pitch_deg = step);
            add("leaning aside", step, &fault, &|pose, _, dice| pose.yaw_deg = step * *dice.pick(&[-1.0, 1.0]));
        }
        for step in [0.8, 0.6, 0.35, 0.15, 0.08] {
            let hand = |dice: &mut Dice| HandShadow { y: dice.between(0.35, 0.65), tip_x: dice.between(0.25, 0.4), light_left: step };
            add("shadow of a hand", step, &[Finding::Shadow, Finding::TooDark], &|_, harm, dice| harm.shadow = Some(hand(dice)));
        }
        for step in [0.8, 0.7, 0.45, 0.3, 0.2, 0.14] {
            let shift = |dice: &mut Dice| dice.between(-0.25, 0.25) * (1.0 - step);
            add("far", step, &[Finding::TooFar], &|pose, _, dice| (pose.share, pose.shift) = (share * step, (shift(dice), shift(dice))));
        }
        for step in [4.0, 9.0, 26.0, 75.0, 110.0] {
            add("noise", step, &[Finding::TooDark], &|_, harm, _| harm.noise = step);
        }
        for step in [75_u8, 50, 30] {
            add("JPEG", f32::from(step), &[], &|_, harm, _| harm.jpeg_quality = Some(step));
        }
        for step in 0..6 {
            add("a little of much", step as f32, &[], &|pose, harm, dice| {
                pose.turn_deg = dice.between(-9.0, 9.0);
                pose.pitch_deg = dice.between(-9.0, 9.0);
                pose.yaw_deg = dice.between(-9.0, 9.0);
                (harm.gain, harm.noise) = (dice.between(0.65, 1.05), dice.between(1.0, 5.0));
                harm.blur_sigma_px = dice.between(0.0, 0.09) * letter_px;
                harm.shadow = Some(HandShadow { y: 0.5, tip_x: dice.between(0.3, 0.8), light_left: 0.75 });
                harm.jpeg_quality = Some(70);
            });
        }
    }

    fn wrong_papers(&mut self) {
        let [letter, table, empty, front, back] =
            [Sheet::Letter, Sheet::FamilyTable, Sheet::EmptyBack, Sheet::CardFront, Sheet::CardBack].map(|sheet| Some(self.drawn(sheet)));
        let card = |side| Expected { shape: Shape::Card, side, from: Origin::Camera };
        for (index, desk) in CAMERA_DESKS.into_iter().enumerate() {
            let pose = |share: f32| Pose { share, turn_deg: index as f32 * 3.0 - 6.0, ..Pose::STRAIGHT };
            let mut wrong = |what: &str, paper: &Option<Arc<Drawn>>, view, share, expected, fault: &[Finding], label| {
                self.push(format!("{what} on {desk:?}"), paper.clone(), desk, view, pose(share), Harm::NONE, expected, fault);
                if let Some(case) = self.cases.last_mut() {
                    case.label = label;
                }
            };
            let bad = Label::Unreadable;
            wrong("no paper", &None, UPRIGHT, 0.9, camera(Shape::A4), &[Finding::Blank], bad);
            wrong("no card", &None, LYING, 0.9, card(Some(Side::Front)), &[Finding::Blank], bad);
            wrong("empty back", &empty, UPRIGHT, 0.88, camera(Shape::A4), &[Finding::Blank], bad);
            wrong("card for sheet", &front, LYING, 0.6, camera(Shape::A4), &[Finding::WrongShape], bad);
            wrong("letter for card", &letter, UPRIGHT, 0.88, card(None), &[Finding::WrongShape], bad);
            wrong("table for card", &table, LYING, 0.9, card(Some(Side::Front)), &[Finding::WrongShape], bad);
            wrong("card back for front", &back, LYING, 0.6, card(Some(Side::Front)), &[Finding::WrongSide, Finding::Blank], bad);
            wrong("card front for back", &front, LYING, 0.6, card(Some(Side::Back)), &[Finding::WrongSide], bad);
            wrong("card back as asked", &back, LYING, 0.6, card(Some(Side::Back)), &[], Label::Readable);
            wrong("letter for any", &letter, UPRIGHT, 0.88, Expected::any(Origin::Camera), &[], Label::Readable);
            wrong("card for any", &front, LYING, 0.6, Expected::any(Origin::Camera), &[], Label::Readable);
        }
    }

    fn scans(&mut self) {
        let clean = Harm { noise: 1.0, jpeg_quality: None, ..Harm::NONE };
        let sheet_wanted = Expected { shape: Shape::A4, side: None, from: Origin::Scanner };
        for (sheet, view) in [(Sheet::Letter, SCAN), (Sheet::Form, SCAN), (Sheet::FamilyTable, (SCAN.1, SCAN.0)), (Sheet::EmptyBack, SCAN)] {
            let paper = Some(self.drawn(sheet));
            let mut add = |what: &str, step: f32, desk: Desk, share: f32, turn_deg: f32, shift: (f32, f32), fault: &[Finding]| {
                let pose = Pose { share, turn_deg, shift, ..Pose::STRAIGHT };
                self.push(format!("scan of {sheet:?} on {desk:?}, {what} {step}"), paper.clone(), desk, view, pose, clean, sheet_wanted, fault);
            };
            let empty: &[Finding] = if sheet == Sheet::EmptyBack { &[Finding::Blank] } else { &[] };
            add("to its borders", 0.0, Desk::ScannerLid, 1.0, 0.0, (0.0, 0.0), empty);
            for step in [0.5, 1.5, 4.0] {
                add("askew", step, Desk::ScannerBlack, 0.95, step, (0.0, 0.0), empty);
                add("askew", step, Desk::ScannerLid, 0.95, -step, (0.0, 0.0), empty);
            }
            for step in [0.14, 0.22, 0.3].into_iter().filter(|_| sheet != Sheet::EmptyBack) {
                add("cut left", step, Desk::ScannerLid, 1.0, 0.0, (-step, 0.0), &[Finding::Cropped]);
                add("cut below", step, Desk::ScannerBlack, 1.0, 0.0, (0.0, step), &[Finding::Cropped]);
            }
        }
        for (sheet, fault) in [(Sheet::CardFront, None), (Sheet::CardBack, Some(Finding::WrongSide))] {
            let paper = Some(self.drawn(sheet));
            for (step, desk) in [(0.2, Desk::ScannerLid), (-0.2, Desk::ScannerLid), (0.1, Desk::ScannerBlack)] {
                let pose = Pose { share: 0.408, turn_deg: step * 12.0, shift: (step, -step), ..Pose::STRAIGHT };
                let wanted = Expected { shape: Shape::Card, side: Some(Side::Front), from: Origin::Scanner };
                self.push(format!("scan of {sheet:?} on {desk:?}, at {step}"), paper.clone(), desk, SCAN, pose, clean, wanted, &Vec::from_iter(fault));
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call for each field of a case, in one file")]
    fn push(&mut self, name: String, paper: Option<Arc<Drawn>>, desk: Desk, view: (u32, u32), pose: Pose, harm: Harm, expected: Expected, fault: &[Finding]) {
        let seed = Dice::of(self.seed, &name).next();
        let mut case = Case { name, expected, label: Label::Doubtful, fault: fault.to_vec(), view, paper, desk, pose, harm, seed };
        case.label = label(&case.scene());
        self.cases.push(case);
    }
}

fn camera(shape: Shape) -> Expected {
    Expected { shape, side: None, from: Origin::Camera }
}
