/** What the saga needs of the outside world: one class per outside thing. */
@NullMarked
package dev.cutover.orchestrator.adapter;

import org.jspecify.annotations.NullMarked;
