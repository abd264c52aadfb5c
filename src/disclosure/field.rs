//! Arithmetic modulo 2⁶¹ − 1, a prime in which no sum of the system's small coefficients is lost.

/// The prime.
pub(super) const PRIME: u64 = (1 << 61) - 1;

/// A small integer in the field.
pub(super) fn of_integer(value: i64) -> u64 {
    let magnitude = value.unsigned_abs() % PRIME;
    if value < 0 { negated(magnitude) } else { magnitude }
}

pub(super) fn negated(value: u64) -> u64 {
    if value == 0 { 0 } else { PRIME - value }
}

pub(super) fn sum(one: u64, other: u64) -> u64 {
    let sum = one + other;
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(super) fn product(one: u64, other: u64) -> u64 {
    let wide = u128::from(one) * u128::from(other);
    #[expect(clippy::cast_possible_truncation, reason = "61 bits of it are taken")]
    let (low, high) = ((wide & u128::from(PRIME)) as u64, (wide >> 61) as u64);
    sum(low, high)
}

/// The inverse of what is not nought, by Fermat's little theorem.
pub(super) fn inverse(value: u64) -> u64 {
    let (mut result, mut base, mut exponent) = (1, value, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(result, base);
        }
        base = product(base, base);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_multiplied_by_its_inverse_is_one() {
        for value in [1, 2, 3, 12_345_678_901_234_567, PRIME - 1] {
            assert_eq!(product(value, inverse(value)), 1, "{value}");
        }
        assert_eq!(sum(of_integer(-7), 7), 0);
        assert_eq!(product(of_integer(-3), of_integer(-5)), 15);
    }
}
