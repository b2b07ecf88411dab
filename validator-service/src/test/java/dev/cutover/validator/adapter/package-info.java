@NullMarked
package dev.cutover.validator.adapter;

import org.jspecify.annotations.NullMarked;
