#[test]
fn placeholder_is_replaced_by_the_first_real_test() {}
