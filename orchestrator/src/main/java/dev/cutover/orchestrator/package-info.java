@NullMarked
package dev.cutover.orchestrator;

import org.jspecify.annotations.NullMarked;
