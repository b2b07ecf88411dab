/** DNS on the wire: RFC 1035 queries and RFC 2136 updates through dnsjava's messages. */
@NullMarked
package dev.cutover.dns.adapter;

import org.jspecify.annotations.NullMarked;
