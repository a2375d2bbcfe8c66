// hls.js, for browsers that cannot play HLS themselves. The room's page fetches it when somebody presses Watch there, no
// other page does. This form of it makes its worker of its own text.
export { default } from 'hls.js/dist/hls.light.min.js'
