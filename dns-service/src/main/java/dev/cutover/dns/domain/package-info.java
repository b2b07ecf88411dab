/** What a switch of traffic means, without a wire: sets, changes, marks, verdicts and the ports. */
@NullMarked
package dev.cutover.dns.domain;

import org.jspecify.annotations.NullMarked;
