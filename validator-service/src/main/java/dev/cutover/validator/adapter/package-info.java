/** One class per outside thing: PostgreSQL, HTTP. */
@NullMarked
package dev.cutover.validator.adapter;

import org.jspecify.annotations.NullMarked;
