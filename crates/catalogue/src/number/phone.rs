//! Phone numbers as residents write them: `08…` or `62…`, ten to fourteen digits.

/// Rules and grouping for phone numbers. They are never required and never hard.
pub struct Phone;

impl Phone {
    pub const DIGITS_MIN: usize = 10;
    pub const DIGITS_MAX: usize = 14;

    pub fn looks_right(digits: &str) -> bool {
        (Self::DIGITS_MIN..=Self::DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits.starts_with("08") || digits.starts_with("62"))
    }

    /// `0812-3456-7890`.
    pub fn grouped(digits: &str) -> String {
        super::grouped(digits).replace(' ', "-")
    }
}
