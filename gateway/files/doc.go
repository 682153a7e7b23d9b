// Package files takes in the files that visitors and agents send, and gives them out to those
// who may read them. The bytes of an upload are streamed into the object store of the chat's home:
// no more than a few chunks of each are ever in memory. docs/files.md is the page about it for
// operators, and docs/protocol.md what clients rely on.
package files
