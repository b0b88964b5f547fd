/* The results: counted again, and samples sent without leaving the page. */
element.addEventListener('click', event => { if (event.target.matches('.results-refresh')) trigger('submit', {}); });
element.addEventListener('submit', async event => {
  if (!event.target.matches('.results-upload')) return;
  event.preventDefault();
  event.stopPropagation();
  const told = event.target.querySelector('[role=status]');
  const answer = await fetch(event.target.action, {method: 'POST', body: new FormData(event.target)});
  told.textContent = await answer.text();
  if (answer.ok) event.target.reset();
});
