/**
 * Copies, streams, fences, drains and reverses the data of a cutover. Wired in {@code Main} alone;
 * judgements and ports are in {@code domain}, one class per outside thing in {@code adapter}.
 */
@NullMarked
package dev.cutover.sync;

import org.jspecify.annotations.NullMarked;
