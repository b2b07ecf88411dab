/**
 * The wire contract: everything that one service may say to another. Records only; the JDK is all
 * it needs, except for the codec, which sees Jackson.
 */
@NullMarked
package dev.cutover.contract;

import org.jspecify.annotations.NullMarked;
