// Package moving gives chats another home: one by one while both regions are reached, or all of
// a region that is given up. Every step may be repeated, and whoever begins again after a crash
// does what is left.
package moving
