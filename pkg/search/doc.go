// Package search is what finding words in chats means: how a text is cut into words, how a
// question is read, what of an event is indexed, who may find it, and the contract of an index.
// Nothing in it touches a disk or a network. pkg/search/fts is the index that Parley brings along;
// searchtest holds every index to the contract.
package search
