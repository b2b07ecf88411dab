/** Recordings of the monitor-service, judged again. */
@NullMarked
package dev.cutover.deploy.judge;

import org.jspecify.annotations.NullMarked;
