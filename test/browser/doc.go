// Package browser plays Parley's user stories with the real program as a process and
// real browsers in front of it. It contains only tests.
//
// They need a Chromium (CHROMIUM names it if it is not in the path) and connect only to
// loopback. A failing test saves what each page showed and reports where; with
// -artifacts and -outputdir the pictures go there.
//
// The story of a visitor, the bot and a person can also be played on a system that is
// already running: see running_test.go.
package browser
