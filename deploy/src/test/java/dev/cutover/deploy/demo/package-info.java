@NullMarked
package dev.cutover.deploy.demo;

import org.jspecify.annotations.NullMarked;
