// Package export writes everything that a Parley has into a folder, and reads such a folder into
// an empty Parley.
//
// A folder has a manifest (export.json), parts (NDJSON, one record a line) and the bytes of files,
// each once, below the name of its hash. A part is in the manifest once it is complete on the disk,
// with its own hash, so an export that was cut is continued, and a part that was cut or changed is
// found before anything of it is used. While it is written people go on chatting: what is said
// meanwhile is added by another look at what changed since, until nothing did.
package export
