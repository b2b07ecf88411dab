/** One class per outside thing that is looked at. */
@NullMarked
package dev.cutover.monitor.adapter;

import org.jspecify.annotations.NullMarked;
