// Package catalog reads the vendor's product files: products/NAME.toml in the
// vendor folder, one for each product, written by hand.
//
//	c, err := catalog.Load(filepath.Join(dir, "products")) // err: the folder, not the files
//	...
//	p, err := c.Product("press-studio") // or by its uid; a *MistakesError if the file is wrong
//	d, ok := p.Definition(1)
//	profile := p.Profile() // to be completed and signed by product.Sign
//
// Reading is strict: an unknown key is a mistake. All mistakes of a file come at
// once, each with line, column, key, what was found, what was expected and what
// to do ([MistakesError]). What is no mistake, and a person should know all the same, is
// a note ([Product.Notes]).
//
// [Sample] is the commented product of activator init, and the documentation of
// every key; [Blank] is the start of a new one.
//
// What is exported is promised: [Product.CompareExported] holds a product file against
// the definitions of its last export. Who keeps those is up to the caller.
package catalog
