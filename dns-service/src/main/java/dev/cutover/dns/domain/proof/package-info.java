/**
 * What servers of a name say on the wire, and what it means: authorities against each other,
 * resolvers against them or against what is expected. Changes nothing and needs no cutover.
 */
@NullMarked
package dev.cutover.dns.domain.proof;

import org.jspecify.annotations.NullMarked;
