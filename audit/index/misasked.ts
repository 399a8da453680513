/** Something in a question to the index is not what it should be: a date, a place in a list. The message says what. */
export class Misasked extends Error {
  override name = "Misasked";
}
