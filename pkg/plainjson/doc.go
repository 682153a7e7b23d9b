// Package plainjson reads and writes JSON on the hot paths without reflection: objects in
// the form in which Parley's own programs and pages write them. It does not judge what is
// unusual, such as white space, null, or an unknown key. Then the caller reads the same
// bytes again with encoding/json, which stays the one that says what is valid.
package plainjson
