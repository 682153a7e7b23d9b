// Package browser plays the stories that Parley tells to people: the real program
// as a process, and real browsers in front of it. There is nothing in it but tests.
//
// They need a Chromium (CHROMIUM names it where it is not in the path) and reach
// nothing but loopback. A test that fails saves what each page showed and says
// where; with -artifacts and -outputdir the pictures go there.
//
// The story of a visitor, the bot and a person can also be played on a system that
// runs already: running_test.go says how.
package browser
