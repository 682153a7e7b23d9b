// Package macros keeps what agents say and do again and again: quick replies, which are a
// text, and macros, which also tag a chat, pass it on or close it. Each belongs to one agent
// or to all, and is one key of the bucket site.
package macros
