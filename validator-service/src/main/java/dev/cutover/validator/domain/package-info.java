/** What it means that two tables, or an application's answers, are right. Pure, and the ports. */
@NullMarked
package dev.cutover.validator.domain;

import org.jspecify.annotations.NullMarked;
