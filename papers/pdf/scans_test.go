package pdf

import (
	"maps"
	"testing"
)

func TestParsePictures(t *testing.T) {
	const list = `page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size ratio
--------------------------------------------------------------------------------------------
   1     0 image    1700  2200  rgb     3   8  jpeg   no        21  0   200   200 19.8K 0.7%
   2     1 stencil   850  1100  -       1   1  jbig2  no        22  0   100   100 16.7K 5.1%
   2     2 smask     850  1100  gray    1   8  image  no        23  0   100   100 16.7K 5.1%
   2     3 image     100   100  rgb     3   8  image  no   [inline]     100    50 1983B  14%
   3     4 image     100   100  rgb     3   8  image  no        24  0     0     0 1983B  14%
  -1     5 image     nan   100  rgb     3   8  image  no        24  0   100   100 1983B  14%
no table at all
`
	want := map[int]float64{1: 8.5 * 11, 2: 8.5*11 + 2}
	if got := parsePictures(list); !maps.Equal(got, want) {
		t.Errorf("covered %v, want %v", got, want)
	}
}

func FuzzParsePictures(f *testing.F) {
	f.Add("   1     0 image    1700  2200  rgb     3   8  jpeg   no        21  0   200   200 19.8K 0.7%\n")
	f.Fuzz(func(t *testing.T, list string) {
		for page, inches := range parsePictures(list) {
			if page < 1 || !(inches >= 0) {
				t.Errorf("page %d is covered by %v", page, inches)
			}
		}
	})
}
