/** What stands in for `bowser`, which the SDK would load to describe the browser that it runs in: 34 KB. */
export default {};
