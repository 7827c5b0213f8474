package tui

import (
	"strings"
	"unicode"
)

// spelling is how letters and digits are said on the telephone.
type spelling struct {
	id, name string
	letters  string // 26 words
	digits   string // 10 words
}

// The tables: the one of radio and aviation for English, DIN 5009 for German, and
// the one of the French post and telephone.
var spellings = []spelling{
	{
		"en", "English (NATO)",
		"Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu",
		"zero one two three four five six seven eight nine",
	},
	{
		"de", "Deutsch (DIN 5009)",
		"Aachen Berlin Chemnitz Düsseldorf Essen Frankfurt Goslar Hamburg Ingelheim Jena Köln Leipzig München Nürnberg Offenbach Potsdam Quickborn Rostock Salzwedel Tübingen Unna Völklingen Wuppertal Xanten Ypsilon Zwickau",
		"null eins zwei drei vier fünf sechs sieben acht neun",
	},
	{
		"fr", "Français",
		"Anatole Berthe Célestin Désiré Eugène François Gaston Henri Irma Joseph Kléber Louis Marcel Nicolas Oscar Pierre Quintal Raoul Suzanne Thérèse Ursule Victor William Xavier Yvonne Zoé",
		"zéro un deux trois quatre cinq six sept huit neuf",
	},
}

// spellingOf finds a table, nil if there is none.
func spellingOf(id string) *spelling {
	for i := range spellings {
		if spellings[i].id == id {
			return &spellings[i]
		}
	}
	return nil
}

// word is how a character is said. Capital and small letters are said alike: the
// reader on the other side knows how to tell them.
func (s *spelling) word(r rune) string {
	switch u := unicode.ToUpper(r); {
	case u >= 'A' && u <= 'Z':
		return strings.Fields(s.letters)[u-'A']
	case r >= '0' && r <= '9':
		return strings.Fields(s.digits)[r-'0']
	}
	return string(r)
}
