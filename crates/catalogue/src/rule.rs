//! Conditions in the Common Expression Language (CEL), compiled when the catalogue loads.
//!
//! A rule sees every question of its service as a string variable (empty while unanswered), `today` as `YYYY-MM-DD`, and the
//! city's own figures as `kota.<name>`. Dates, ages and numbers are reached through the functions of [`crate::facts`]. No rule
//! can reach anything else, so the same answers always give the same result.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use cel::{Program, Value};

use crate::facts::Facts;

/// Most characters of one condition, those that groups and repetitions add included.
const RULE_CHARS_MAX: usize = 4000;

/// A compiled condition.
#[derive(Clone)]
pub struct Rule {
    source: Arc<str>,
    program: Arc<Program>,
    variables: Arc<BTreeSet<String>>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.source)
    }
}

impl Rule {
    /// Compiles `source`.
    ///
    /// # Errors
    /// A sentence for the person who wrote it, when it is no CEL or calls a function nobody gave.
    pub fn compile(source: &str) -> Result<Self, String> {
        // The parser of the library panics when it has to point at a column beyond 65,535.
        let letters = source.chars().count();
        if letters > RULE_CHARS_MAX {
            return Err(format!("the condition is {letters} letters long, more than {RULE_CHARS_MAX}: ask more simply"));
        }
        let program = Program::compile(source).map_err(|reason| format!("the condition cannot be read: {reason}"))?;
        check_calls(&program.expression().expr)?;
        let references = program.references();
        let variables = references.variables().into_iter().filter(|name| !crate::facts::GIVEN.contains(name)).map(str::to_owned).collect();
        Ok(Self { source: source.into(), program: Arc::new(program), variables: Arc::new(variables) })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// Questions the condition looks at.
    pub fn variables(&self) -> &BTreeSet<String> {
        &self.variables
    }

    pub fn looks_at(&self, id: &str) -> bool {
        self.variables.contains(id)
    }

    /// Whether the condition holds. A rule that passed the load check always answers yes or no.
    pub fn holds(&self, facts: &Facts<'_>) -> bool {
        self.try_holds(facts).unwrap_or(false)
    }

    /// Like [`Rule::holds`], but tells why a condition cannot be answered; used by the load check.
    pub fn try_holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        match self.program.execute(facts.context()) {
            Ok(Value::Bool(answer)) => Ok(answer),
            Ok(other) => Err(format!("the condition gives {:?} instead of true or false", other.type_of())),
            Err(reason) => Err(reason.to_string()),
        }
    }

    /// Whole numbers written in the condition: the ages, days and limits at which its answer may turn.
    pub(crate) fn figures(&self) -> Vec<i64> {
        let mut outside = String::new();
        let mut quote = None;
        for character in self.source.chars() {
            match quote {
                Some(open) if character == open => quote = None,
                Some(_) => {}
                None if matches!(character, '\'' | '"') => quote = Some(character),
                None => outside.push(character),
            }
        }
        outside.split(|character: char| !character.is_ascii_alphanumeric() && character != '_').filter_map(|word| word.parse().ok()).collect()
    }

    /// Names of the city's figures in the condition (`kota.<name>`).
    pub(crate) fn city_figures(&self) -> impl Iterator<Item = &str> {
        self.source
            .split("kota.")
            .skip(1)
            .map(|rest| &rest[..rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(rest.len())])
    }

    /// What the condition makes of each of these values of `id`: where two numbers are the same, no other answer can make the
    /// condition tell the two values apart. `facts` must not know an answer to `id`, and does not afterwards.
    ///
    /// It is found by asking the largest parts of the condition that look at `id` alone. Nothing else of it can see the value.
    pub(crate) fn verdicts(&self, id: &str, values: &[String], facts: &mut Facts<'_>) -> Vec<u16> {
        let mut parts = Vec::new();
        if !parts_about(self.program.expression(), id, &mut parts) {
            return (0..=u16::MAX).take(values.len()).collect();
        }
        let mut known: Vec<String> = Vec::new();
        let mut verdicts = Vec::with_capacity(values.len());
        for value in values {
            facts.set(id, value);
            let said: String = parts.iter().map(|part| format!("{:?};", facts.context().resolve(part))).collect();
            let place = known.iter().position(|one| *one == said).unwrap_or_else(|| {
                known.push(said);
                known.len() - 1
            });
            verdicts.push(place as u16);
        }
        facts.set(id, "");
        verdicts
    }

    /// Texts that the condition compares a question with: `id == 'x'`, `'x' == id`, `id != 'x'` and `id in ['x', 'y']`.
    pub(crate) fn compared_with(&self, id: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let expression = self.program.expression();
        walk(&expression.expr, id, &mut found);
        found
    }
}

/// The library passes over values too many; a named function with the wrong number of them means something else than it says.
fn check_calls(expression: &Expr) -> Result<(), String> {
    match expression {
        Expr::Call(call) => {
            let wanted = crate::facts::FUNCTIONS.iter().find(|(name, _)| *name == call.func_name);
            if let Some((name, count)) = wanted.filter(|(_, count)| *count != call.args.len()) {
                return Err(format!("`{name}` takes {count} {}, not {}", if *count == 1 { "value" } else { "values" }, call.args.len()));
            }
            call.target.iter().map(|target| &target.expr).chain(call.args.iter().map(|part| &part.expr)).try_for_each(check_calls)
        }
        Expr::List(list) => list.elements.iter().try_for_each(|part| check_calls(&part.expr)),
        _ => Ok(()),
    }
}

/// Looks through an expression for comparisons of the identifier `id` with texts.
fn walk(expression: &Expr, id: &str, found: &mut BTreeSet<String>) {
    let is_id = |side: &IdedExpr| matches!(&side.expr, Expr::Ident(name) if name == id);
    let text = |side: &IdedExpr| match &side.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.to_string()),
        _ => None,
    };
    match expression {
        Expr::Call(call) => {
            let compares = matches!(call.func_name.as_str(), operators::EQUALS | operators::NOT_EQUALS | operators::IN);
            if let (true, [left, right]) = (compares, call.args.as_slice()) {
                if is_id(left) {
                    found.extend(text(right));
                    if let Expr::List(list) = &right.expr {
                        found.extend(list.elements.iter().filter_map(text));
                    }
                }
                if is_id(right) {
                    found.extend(text(left));
                }
            }
            for part in call.target.iter().map(|target| &target.expr).chain(call.args.iter().map(|part| &part.expr)) {
                walk(part, id, found);
            }
        }
        Expr::List(list) => list.elements.iter().for_each(|part| walk(&part.expr, id, found)),
        _ => {}
    }
}

/// The largest parts of an expression that look at the question `id` and at no other; false when it looks at `id` in a way that
/// cannot be taken apart.
fn parts_about<'e>(expression: &'e IdedExpr, id: &str, parts: &mut Vec<&'e IdedExpr>) -> bool {
    let references = expression.references();
    if !references.has_variable(id) {
        return true;
    }
    if references.variables().into_iter().all(|name| name == id || crate::facts::GIVEN.contains(&name)) {
        parts.push(expression);
        return true;
    }
    match &expression.expr {
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).all(|part| parts_about(part, id, parts)),
        Expr::List(list) => list.elements.iter().all(|part| parts_about(part, id, parts)),
        Expr::Select(select) => parts_about(&select.operand, id, parts),
        _ => false,
    }
}
