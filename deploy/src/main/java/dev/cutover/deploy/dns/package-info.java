/** What DNS servers say of a name, without any cutover and any service. */
@NullMarked
package dev.cutover.deploy.dns;

import org.jspecify.annotations.NullMarked;
