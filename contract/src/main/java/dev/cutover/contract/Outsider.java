package dev.cutover.contract;

/**
 * What a system outside of this product says, by its own key and for its own reasons. Believed only
 * after an intake has found signature, shape, right and age in order.
 */
public sealed interface Outsider extends Message permits RollbackRequest {}
