//! The county's chances: one small generator per entity, so that neither threads nor order change what happens.
//!
//! `SplitMix64` (Steele, Lea and Flood 2014): 64 bits of state, full period, no table. Not for secrets.

use crate::sample::whole;
/// What a generator is for: the same number of another stream gives other chances.
#[derive(Debug, Clone, Copy)]
pub(super) enum DiceStream {
    School = 1,
    Pupil = 2,
    Suspension = 3,
    Attendance = 4,
    Case = 5,
    Review = 6,
    Audit = 7,
    Tool = 8,
    Discussion = 9,
    Workforce = 10,
    Return = 11,
    Mess = 12,
    Provision = 13,
    August = 14,
    Deemed = 15,
    List = 16,
}

/// A generator of one entity's chances.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Dice {
    /// The generator of entity `number` in a stream of the county with this seed.
    pub(super) fn new(seed: u64, stream: DiceStream, number: u64) -> Self {
        let county = mixed(seed.wrapping_add(0x9E37_79B9_7F4A_7C15));
        Self(mixed(mixed(county ^ (stream as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)) ^ number))
    }

    /// 64 even bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number from 0 up to but without 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `limit`; 0 where the limit is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.bits()) * limit as u128;
        whole::<usize>(wide >> 64)
    }

    /// A whole number from `low` to `high`, both included; `low` where they are the wrong way round.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = whole::<usize>(i64::from(high) - i64::from(low) + 1);
        low + whole::<i32>(self.below(width))
    }

    /// Whether something of this probability happens.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of several values by weight; the last where the weights sum to nothing.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let total: usize = choices.iter().map(|(_, weight)| *weight as usize).sum();
        let mut left = self.below(total);
        for (value, weight) in choices {
            if left < *weight as usize {
                return *value;
            }
            left -= *weight as usize;
        }
        choices[choices.len() - 1].0
    }

    /// One of several values, evenly.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A standard normal number (polar method).
    pub(super) fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// A gamma number of this shape with mean 1 (Marsaglia and Tsang 2000): the smaller the shape, the fewer carry the most.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = boosted - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        let value = loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                break d * v;
            }
        };
        let value = if shape < 1.0 { value * self.unit().powf(1.0 / shape) } else { value };
        value / shape
    }

    /// A Poisson count. Meant for means below about 50.
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let floor = (-mean).exp();
        let mut product = self.unit();
        let mut count = 0;
        while product > floor && count < 1_000 {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_entity_has_the_same_chances_and_another_has_others() {
        let draw = |seed, number| Dice::new(seed, DiceStream::Pupil, number).bits();
        assert_eq!(draw(1, 7), draw(1, 7));
        assert_ne!(draw(1, 7), draw(1, 8));
        assert_ne!(draw(1, 7), draw(2, 7));
    }

    #[test]
    fn the_means_are_as_named() {
        let mut dice = Dice::new(5, DiceStream::Pupil, 0);
        let draws = 40_000;
        let mean = |sum: f64| sum / f64::from(draws);
        let gamma = mean((0..draws).map(|_| dice.gamma(0.3)).sum());
        assert!((gamma - 1.0).abs() < 0.05, "{gamma}");
        let poisson = mean((0..draws).map(|_| f64::from(dice.poisson(2.5))).sum());
        assert!((poisson - 2.5).abs() < 0.05, "{poisson}");
        let normal = mean((0..draws).map(|_| dice.normal()).sum());
        assert!(normal.abs() < 0.03, "{normal}");
        assert!((0..draws).all(|_| (3..=5).contains(&dice.between(3, 5))));
    }
}
