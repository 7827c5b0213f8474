// Package unprivileged lets tests of permissions run where the tests run as root, in
// containers and on build machines: as a user whom permissions bind. Only tests import it.
package unprivileged
