/** One class per outside thing: PostgreSQL, Debezium, Kafka. */
@NullMarked
package dev.cutover.sync.adapter;

import org.jspecify.annotations.NullMarked;
