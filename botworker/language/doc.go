// Package language recognizes what language a text is in, knows the words of each that
// say nothing about a subject, and brings words into a form in which they can be compared.
// Everything is a pure function over small tables; nothing is read from outside.
package language
