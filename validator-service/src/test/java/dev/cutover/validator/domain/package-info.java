@NullMarked
package dev.cutover.validator.domain;

import org.jspecify.annotations.NullMarked;
