/** Judgements about moving data, and the ports they need. Imports the JDK and the contract only. */
@NullMarked
package dev.cutover.sync.domain;

import org.jspecify.annotations.NullMarked;
