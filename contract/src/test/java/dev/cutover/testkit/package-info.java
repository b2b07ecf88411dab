/**
 * What tests of every module share: real brokers and databases, a clock moved by hand, a log in
 * memory.
 */
@NullMarked
package dev.cutover.testkit;

import org.jspecify.annotations.NullMarked;
