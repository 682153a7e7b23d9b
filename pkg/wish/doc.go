// Package wish recognizes what people write to get a person: the command in the forms
// that it takes on telephones, in quotation marks and among polite words, the site's own
// phrases, and wishes in some thirty languages. It is pure and knows no chat.
//
// What is recognized covers a whole message or a whole sentence of it. A text that only
// mentions the command, or a person, is none: whoever is put in line by mistake is
// annoyed, and so is whoever comes for nothing. testdata/wishes.tsv says which is which.
package wish
