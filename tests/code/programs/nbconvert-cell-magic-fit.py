# In[2]:
get_ipython().run_line_magic('matplotlib', 'inline')
model = Sequential()
model.add(Dense(3, input_shape=(5,)))
model.add(Dense(1))
model.compile(optimizer='sgd', loss='mse')

# In[3]:
get_ipython().run_cell_magic('time', '', 'h = model.fit(x, y,\n    epochs=11,\n    # quiet\n    verbose=0)')
